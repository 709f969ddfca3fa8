package methods

import (
	"context"
	"fmt"

	"github.com/spiffe/go-spiffe/v2/svid/jwtsvid"
	"github.com/spiffe/go-spiffe/v2/workloadapi"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/infisical-login/infisical-login/config"
)

// spiffe proves an identity with a JWT-SVID: the one that is given, or one that
// the SPIFFE Workload API hands out.
type spiffe struct {
	Identity
	JWT
	Audience
	Socket spiffeSocket
}

// Proof implements [Prover].
func (s *spiffe) Proof(ctx context.Context) (Body, error) {
	svid := s.JWT.JWT
	switch {
	case svid != "":
	case s.Socket.found() == "":
		return nil, &Error{Kind: Setting, Message: "set --jwt, INFISICAL_JWT or INFISICAL_JWT_FILE to a JWT-SVID, or SPIFFE_ENDPOINT_SOCKET to the SPIFFE Workload API"}
	default:
		var err error
		if svid, err = s.Socket.assertion(ctx, s.Audience.Audience); err != nil {
			return nil, err
		}
	}
	return s.body(Body{"jwt": svid}), nil
}

// spiffeSocket is the SPIFFE Workload API, usually of a SPIRE agent on the same
// machine:
// https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE_Workload_API.md
type spiffeSocket struct {
	Address string `env:"SPIFFE_ENDPOINT_SOCKET" external:"true" usage:"SPIFFE Workload API: unix:///path or tcp://address:port."`
}

func (s *spiffeSocket) found() string {
	if s.Address == "" {
		return ""
	}
	return "SPIFFE_ENDPOINT_SOCKET is set"
}

func (s *spiffeSocket) assertion(ctx context.Context, audience string) (config.Secret, error) {
	if err := workloadapi.ValidateAddress(s.Address); err != nil {
		return "", &Error{Kind: Setting, Message: fmt.Sprintf("SPIFFE_ENDPOINT_SOCKET is %q: %v", s.Address, err)}
	}
	if audience == "" {
		audience = defaultAudience
	}
	limited, cancel := context.WithTimeout(ctx, ciLimit)
	defer cancel()
	svid, err := workloadapi.FetchJWTSVID(limited, jwtsvid.Params{Audience: audience},
		workloadapi.WithAddr(s.Address), workloadapi.WithDialOptions(grpc.WithNoProxy()))
	if err != nil {
		return "", s.failed(ctx, err)
	}
	return config.Secret(svid.Marshal()), nil
}

// failed is the error for no SVID. An agent may not be up yet, or not know the
// workload yet: the specification says to come again after PermissionDenied.
func (s *spiffeSocket) failed(ctx context.Context, err error) error {
	said, ok := status.FromError(err)
	if !ok { // it answered, and go-spiffe could not read what
		return &Error{Kind: Protocol, Message: fmt.Sprintf("what answers at %s holds no JWT-SVID for the audience that was asked for", s.Address), Err: err}
	}
	kind, why := Unavailable, shown(said.Message())
	switch said.Code() {
	case codes.PermissionDenied:
		why = "it has no identity for this process; is the workload registered? (" + why + ")"
	case codes.InvalidArgument, codes.Unauthenticated, codes.Unimplemented:
		kind = Refused
	case codes.DeadlineExceeded:
		why = "no answer within " + ciLimit.String()
	}
	if ctx.Err() != nil {
		why = "out of time"
	}
	return &Error{Kind: kind, Message: fmt.Sprintf("no JWT-SVID from the SPIFFE Workload API at %s: %s", s.Address, why), Err: err}
}
