package infisicaltest

import (
	"net/http"
	"strings"
	"time"
)

// Kinds of the JWTs that persons get.
const (
	kindRefresh = "refreshToken"
	kindMFA     = "mfaToken"
)

// Lives of these JWTs, the server's defaults.
const (
	accessLife  = 10 * 24 * time.Hour
	refreshLife = 90 * 24 * time.Hour
	mfaLife     = 5 * time.Minute
)

// session is a person's login on one device.
type session struct {
	id      string
	person  *person
	access  int // versions: a JWT with an older one is worth nothing
	refresh int
}

// scope is what a session's JWTs say beyond whose they are.
type scope struct {
	organization string
	below        string // the sub-organization, if it is for one
	mfa          string // the second factor that was shown, if any
}

// to returns the scope for an organization that is below a root, or is it.
func (s scope) to(found, root Organization) scope {
	s.organization, s.below = root.ID, ""
	if found.ID != root.ID {
		s.below = found.ID
	}
	return s
}

// begin starts a session.
func (s *Server) begin(p *person) *session {
	started := &session{id: newUUID(), person: p, access: 1, refresh: 1}
	s.sessions[started.id] = started
	return started
}

// hand makes the access token of a session, and sends the refresh token along in
// the cookie jid.
func (s *Server) hand(c *call, of *session, to scope) (access, refresh string) {
	access = s.signSession(of, to, kindUser, c.now)
	refresh = s.signSession(of, to, kindRefresh, c.now)
	s.setCookie(c, refresh)
	return access, refresh
}

func (s *Server) setCookie(c *call, value string) {
	cookie := http.Cookie{Name: "jid", Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: c.request.TLS != nil}
	c.header.Add("Set-Cookie", cookie.String())
}

func (s *Server) signSession(of *session, to scope, kind string, now time.Time) string {
	payload := map[string]any{"authMethod": "email", "authTokenType": kind, "userId": of.person.id, "tokenVersionId": of.id, "iat": now.Unix()}
	if kind == kindUser {
		payload["accessVersion"], payload["exp"] = of.access, now.Add(accessLife).Unix()
	} else {
		payload["refreshVersion"], payload["exp"] = of.refresh, now.Add(refreshLife).Unix()
	}
	if to.organization != "" {
		payload["organizationId"] = to.organization
	}
	if to.below != "" {
		payload["subOrganizationId"] = to.below
	}
	if to.mfa != "" {
		payload["isMfaVerified"] = true
		if s.generation >= G2 {
			payload["mfaMethod"] = to.mfa
		}
	}
	return signJWT(s.key, "", payload)
}

// scopeOf is the scope that a JWT was made with.
func (s *Server) scopeOf(payload claims) scope {
	to := scope{organization: payload.text("organizationId"), below: payload.text("subOrganizationId"), mfa: payload.text("mfaMethod")}
	if verified, _ := payload["isMfaVerified"].(bool); verified && s.generation == G1 {
		to.mfa = "email"
	}
	return to
}

// user authenticates a request by a person's access token.
func (s *Server) user(c *call) (*session, claims, error) {
	payload, err := s.bearer(c)
	if err != nil {
		return nil, nil, err
	}
	switch payload.text("authTokenType") {
	case kindUser:
	case kindIdentity:
		return nil, nil, wrongKind(c)
	default:
		return nil, nil, because(unauthorized("Token missing"), "the bearer is a "+payload.text("authTokenType"))
	}
	found, ok := s.sessions[payload.text("tokenVersionId")]
	if !ok {
		return nil, nil, notFound("Session not found")
	}
	if payload.number("accessVersion") != int64(found.access) {
		return nil, nil, &failure{status: http.StatusUnauthorized, name: "StaleSession", message: "User session is stale, please re-authenticate"}
	}
	return found, payload, nil
}

// refresher authenticates a request by the cookie jid.
func (s *Server) refresher(c *call) (*session, claims, error) {
	cookie, err := c.request.Cookie("jid")
	if err != nil || cookie.Value == "" {
		return nil, nil, &failure{status: http.StatusNotFound, name: "AuthTokenNotFound", message: "Failed to find refresh token"}
	}
	payload, err := s.claimsOf(cookie.Value, c.now)
	if err != nil {
		return nil, nil, err
	}
	invalid := &failure{status: http.StatusUnauthorized, name: "InvalidToken"}
	if payload.text("authTokenType") != kindRefresh {
		invalid.message = "The token provided is not a refresh token"
		return nil, nil, invalid
	}
	found, ok := s.sessions[payload.text("tokenVersionId")]
	if !ok || payload.number("refreshVersion") != int64(found.refresh) {
		invalid.message = "Token version mismatch"
		return nil, nil, invalid
	}
	return found, payload, nil
}

// refresh makes a new access token out of the refresh token, which the third
// generation replaces too.
func (s *Server) refresh(c *call) (any, error) {
	of, payload, err := s.refresher(c)
	if err != nil {
		return nil, err
	}
	to := s.scopeOf(payload)
	answer := map[string]any{}
	if to.organization != "" && s.generation >= G2 {
		answer["organizationId"] = to.organization
	}
	if to.below != "" {
		answer["subOrganizationId"] = to.below
	}
	if s.generation >= G3 {
		of.refresh++
		answer["token"], answer["refreshToken"] = s.hand(c, of, to)
		return answer, nil
	}
	answer["token"] = s.signSession(of, to, kindUser, c.now)
	return answer, nil
}

// logout ends a session, named by the access token or by the refresh token.
func (s *Server) logout(c *call) (any, error) {
	var of *session
	var err error
	if strings.HasPrefix(c.request.Header.Get("Authorization"), "Bearer ") {
		of, _, err = s.user(c)
	} else {
		of, _, err = s.refresher(c)
	}
	if err != nil && s.generation < G3 {
		return nil, err
	}
	if of != nil {
		of.access++
		of.refresh++
	}
	s.setCookie(c, "")
	return map[string]string{"message": "Successfully logged out"}, nil
}

// account tells a person about themselves.
func (s *Server) account(c *call) (any, error) {
	of, _, err := s.user(c)
	if err != nil {
		return nil, err
	}
	p := of.person
	return map[string]any{"user": map[string]any{
		"id": p.id, "userId": p.id, "email": p.Email, "username": p.Email, "authMethods": []string{"email"},
		"isEmailVerified": true, "isMfaEnabled": p.MFA != "", "superAdmin": false,
	}}, nil
}
