package methods

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/infisical-login/infisical-login/config"
)

// Details asks the server about a machine identity's token, which tells whether
// it is good. It returns the name of the organization, or its ID from a server
// that tells no name, or nothing from one that tells neither. A token whose number
// of uses is limited loses one.
func (c *Client) Details(ctx context.Context, token config.Secret) (organization string, err error) {
	// A server up to the middle of 2025 looks for an identity with the ID "details",
	// which is none, once it has found the token to be good.
	const good = "FindByOrgId"
	answer, err := c.do(ctx, request{
		what:   "the question whether the token is good",
		verb:   http.MethodGet,
		path:   "/api/v1/identities/details",
		bearer: token,
		final:  good,
	})
	if said, ok := errors.AsType[verdict](err); ok && said.status == http.StatusInternalServerError && said.name == good {
		return "", nil
	}
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
