package methods

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/infisical-login/infisical-login/config"
)

// Details asks the server about a machine identity's token, which tells whether
// it is good. It returns the name of the organization, or its ID from a server
// that tells no name. A token whose number of uses is limited loses one.
func (c *Client) Details(ctx context.Context, token config.Secret) (organization string, err error) {
	answer, err := c.do(ctx, request{
		what:   "the question whether the token is good",
		verb:   http.MethodGet,
		path:   "/api/v1/identities/details",
		bearer: token,
	})
	if err != nil {
		return "", err
	}
	var details struct {
		Organization struct{ ID, Name string }
	}
	if json.Unmarshal(answer.fields["identityDetails"], &details) != nil || details.Organization.ID == "" && details.Organization.Name == "" {
		return "", c.stranger("its answer about the token names no organization")
	}
	if details.Organization.Name != "" {
		return details.Organization.Name, nil
	}
	return details.Organization.ID, nil
}
