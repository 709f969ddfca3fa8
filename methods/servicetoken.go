package methods

import (
	"context"
	"net/http"
	"strings"

	"github.com/infisical-login/infisical-login/config"
)

// IsServiceToken tells a service token, the kind that there was before machine
// identities, by its form: st.ID.SECRET.KEY.
func IsServiceToken(secret config.Secret) bool {
	return strings.HasPrefix(secret.Reveal(), "st.")
}

// CheckServiceToken asks the server whether a service token is good. The error is
// a refusal if it is not. The fourth part of the token is a key to the secrets of
// its project, which the server must not see, and is not sent.
func (c *Client) CheckServiceToken(ctx context.Context, secret config.Secret) error {
	parts := strings.SplitN(secret.Reveal(), ".", 4)
	answer, err := c.do(ctx, request{
		what:   "the question whether the token is good",
		verb:   http.MethodGet,
		path:   "/api/v2/service-token",
		bearer: config.Secret(strings.Join(parts[:min(3, len(parts))], ".")),
	})
	if err != nil {
		return err
	}
	if answer.text("_id") == "" && answer.text("id") == "" && answer.text("name") == "" {
		return c.stranger("its answer names no service token")
	}
	return nil
}
