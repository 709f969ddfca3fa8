package infisicaltest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// mailedCode is a code that was sent by e-mail.
type mailedCode struct {
	code  string
	until time.Time
	tries int // that are left
}

// Bounds of a second factor, as the server has them.
const (
	mailedLife  = 5 * time.Minute
	mailedTries = 3
	lockTime    = 5 * time.Minute
)

// MailedCode returns the last code that the server has sent to an address, or
// nothing if it has sent none.
func (s *Server) MailedCode(email string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, ok := s.byEmail(email); ok {
		return p.mailed.code
	}
	return ""
}

// factor is the second factor that a login of a person to an organization needs:
// the organization's comes before the person's own.
func (s *Server) factor(p *person, org Organization) string {
	demanded := cmp.Or(org.MFA, p.MFA)
	if demanded != "" && s.generation == G1 {
		return "email"
	}
	return demanded
}

// challenge answers that a second factor is needed, and sends a code if that is
// the e-mail's.
func (s *Server) challenge(p *person, factor string, now time.Time) any {
	if factor == "email" {
		p.mail(now)
	}
	token := signJWT(s.key, "", map[string]any{"authMethod": "email", "authTokenType": kindMFA, "userId": p.id, "iat": now.Unix(), "exp": now.Add(mfaLife).Unix()})
	answer := map[string]any{"token": token, "isMfaEnabled": true}
	if s.generation >= G2 {
		answer["mfaMethod"] = factor
	}
	return answer
}

func (p *person) mail(now time.Time) {
	p.mailed = mailedCode{code: digits(6), until: now.Add(mailedLife), tries: mailedTries}
}

// challenged authenticates a request by the JWT of a challenge. Anything else
// makes the server fail.
func (s *Server) challenged(c *call) (*person, error) {
	value := c.request.Header.Get("Authorization")
	if value == "" {
		return nil, because(internal(), "no bearer")
	}
	payload, err := s.claimsOf(strings.TrimPrefix(value, "Bearer "), c.now)
	if err != nil {
		return nil, err
	}
	if payload.text("authTokenType") != kindMFA {
		return nil, because(internal(), "the bearer is a "+payload.text("authTokenType"))
	}
	for _, p := range s.users {
		if p.id == payload.text("userId") {
			return p, s.locked(p, c.now)
		}
	}
	return nil, because(internal(), "the user is gone")
}

// locked refuses a person who has shown too many wrong codes.
func (s *Server) locked(p *person, now time.Time) error {
	if !p.Locked && !now.Before(p.locked) {
		return nil
	}
	left := lockTime
	if !p.Locked {
		left = p.locked.Sub(now)
	}
	minutes := int((left + time.Minute - 1) / time.Minute)
	return &failure{status: http.StatusForbidden, name: "UserLocked",
		message: fmt.Sprintf("User is temporary locked due to multiple failed login attempts. Try again after %d minutes. You can also reset your password now to proceed.", minutes)}
}

// sendMFA sends another code.
func (s *Server) sendMFA(c *call) (any, error) {
	p, err := s.challenged(c)
	if err != nil {
		return nil, err
	}
	p.mail(c.now)
	return map[string]string{"message": "Successfully send new mfa code"}, nil
}

// verifyMFA checks a code of the second factor.
func (s *Server) verifyMFA(c *call) (any, error) {
	p, err := s.challenged(c)
	if err != nil {
		return nil, err
	}
	demands := []field{{name: "mfaToken"}}
	if s.generation >= G2 {
		demands = append(demands, field{name: "mfaMethod", optional: true})
	}
	body, err := c.object(demands...)
	if err != nil {
		return nil, err
	}
	if c.request.Header.Get("User-Agent") == "" {
		return nil, because(internal(), "no User-Agent")
	}
	code, factor := body.text("mfaToken"), cmp.Or(body.text("mfaMethod"), "email")
	switch factor {
	case "email":
		err = p.checkMailed(code, c.now)
	case "totp":
		err = p.checkTOTP(code)
	default:
		err = because(internal(), "no such factor: "+factor)
	}
	return s.verified(c, p, factor, err)
}

// recover checks a recovery code, which stands for an authenticator.
func (s *Server) recover(c *call) (any, error) {
	p, err := s.challenged(c)
	if err != nil {
		return nil, err
	}
	body, err := c.object(field{name: "recoveryCode"})
	if err != nil {
		return nil, err
	}
	at := slices.Index(p.RecoveryCodes, body.text("recoveryCode"))
	if at < 0 {
		return s.verified(c, p, "totp", forbidden("Invalid TOTP"))
	}
	p.RecoveryCodes = slices.Delete(p.RecoveryCodes, at, at+1)
	return s.verified(c, p, "totp", nil)
}

func (p *person) checkMailed(code string, now time.Time) error {
	p.mailed.tries--
	switch {
	case p.mailed.code == "" || now.After(p.mailed.until):
		return because(internal(), "no code was sent, or it is too old")
	case p.mailed.tries < 0:
		return because(internal(), "too many tries with one code")
	case code != p.mailed.code:
		return because(internal(), "wrong code")
	}
	p.mailed = mailedCode{}
	return nil
}

func (p *person) checkTOTP(code string) error {
	if len(code) != 6 {
		return badRequest("Invalid TOTP: must be 6 characters")
	}
	if code != p.TOTP {
		return forbidden("Invalid TOTP")
	}
	return nil
}

// verified counts a wrong code, or starts a session that has shown the factor.
// The organization has to be selected again.
func (s *Server) verified(c *call, p *person, factor string, err error) (any, error) {
	if err != nil {
		p.failures++
		most := 3
		if s.generation >= G3 {
			most = 5
		}
		if p.failures%most == 0 {
			p.locked = c.now.Add(lockTime)
		}
		return nil, err
	}
	p.failures = 0
	token, _ := s.hand(c, s.begin(p), scope{mfa: factor})
	return map[string]any{"token": token, "encryptionVersion": 2, "publicKey": nil, "encryptedPrivateKey": nil, "iv": nil, "tag": nil}, nil
}
