// Command standin serves a stand-in Infisical that knows one client and, for
// examples of pods, one service account. It is for trying things out: it holds
// no secrets but those that it was told.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

func main() {
	log.SetFlags(0)
	if err := serve(); err != nil {
		log.Fatal("standin: ", err)
	}
}

func serve() error {
	address := flag.String("address", ":8080", "where to listen")
	clientID := flag.String("client-id", "", "the client's ID, a UUID")
	secretPath := flag.String("client-secret-path", "", "file of the client's secret")
	identityID := flag.String("identity-id", "", "the pods' identity, a UUID")
	tokenPath := flag.String("service-account-token-path", "", "file to write the token of a service account to")
	ttl := flag.Duration("ttl", time.Hour, "life of a token")
	flag.Parse()

	standIn := infisicaltest.New(infisicaltest.G3)
	if *clientID != "" {
		secret, err := os.ReadFile(*secretPath)
		if err != nil {
			return err
		}
		standIn.Add(infisicaltest.Identity{TTL: *ttl, Auth: &infisicaltest.Universal{ClientID: *clientID, ClientSecret: strings.TrimSpace(string(secret))}})
	}
	if *identityID != "" {
		standIn.Add(infisicaltest.Identity{ID: *identityID, TTL: *ttl, Auth: &infisicaltest.Kubernetes{}})
		token := standIn.Issuer().Mint(infisicaltest.ServiceAccount("default", "app"))
		if err := os.WriteFile(*tokenPath, []byte(token), 0o644); err != nil {
			return err
		}
	}
	if *clientID == "" && *identityID == "" {
		return errors.New("nobody could log in: name a client (-client-id) or an identity (-identity-id)")
	}
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		return err
	}
	fmt.Println("listening on", listener.Addr())
	return http.Serve(listener, standIn)
}
