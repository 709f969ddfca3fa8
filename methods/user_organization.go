package methods

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/infisical-login/infisical-login/config"
)

// membership is an organization that a session can be for.
type membership struct {
	id   config.UUID
	name string // safe to print; of a sub-organization with that of the one above
}

// chooseOrganization returns the organization that a person belongs to. If there
// are several, or one with others below it, the person has to choose.
func (c *Client) chooseOrganization(ctx context.Context, session config.Secret) (config.UUID, error) {
	found, err := c.memberships(ctx, session)
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		return "", refusedPerson("the account belongs to no organization of %s; somebody has to invite it", c.domain.Host)
	case len(found) == 1:
		return found[0].id, nil
	case c.Person == nil:
		return "", c.nobody("the account belongs to more than one organization: "+listed(found), setOrganization)
	}
	var names []string
	for _, one := range found {
		names = append(names, one.name)
	}
	chosen, err := c.Person.Choose(ctx, "Organization", names)
	if err != nil {
		return "", unasked(ctx, err, setOrganization)
	}
	if chosen < 0 || chosen >= len(found) {
		return "", fmt.Errorf("organization %d of %d was chosen", chosen, len(found))
	}
	return found[chosen].id, nil
}

// listed tells of organizations in a sentence.
func listed(found []membership) string {
	const most = 20
	var list []string
	for i, one := range found {
		if i == most {
			list = append(list, fmt.Sprintf("and %d more", len(found)-most))
			break
		}
		list = append(list, fmt.Sprintf("%s (%s)", one.name, one.id))
	}
	return strings.Join(list, ", ")
}

// memberships lists the organizations of a person, and the sub-organizations if the
// server can: it does so since early 2026. What goes wrong there is no reason to
// give up, since the route that every server has may do.
func (c *Client) memberships(ctx context.Context, session config.Secret) ([]membership, error) {
	ask := request{
		what:   "the list of organizations",
		verb:   http.MethodGet,
		path:   "/api/v1/organization/accessible-with-sub-orgs",
		bearer: session,
		once:   true,
	}
	answer, err := c.do(ctx, ask)
	if _, answered := errors.AsType[verdict](err); answered {
		ask.path, ask.once = "/api/v1/organization", false
		answer, err = c.do(ctx, ask)
	}
	if err != nil {
		return nil, err
	}
	type organization struct {
		ID, Name         string
		SubOrganizations []organization
	}
	var list []organization
	if json.Unmarshal(answer.fields["organizations"], &list) != nil || list == nil {
		return nil, c.stranger("its answer holds no list of organizations")
	}
	var found []membership
	var add func(above string, list []organization) error
	add = func(above string, list []organization) error {
		for _, o := range list {
			var id config.UUID
			if id.UnmarshalText([]byte(o.ID)) != nil {
				return c.stranger("its list of organizations has one without an ID")
			}
			name := above + shown(redact(o.Name, c.secrets))
			found = append(found, membership{id, name})
			if err := add(name+" / ", o.SubOrganizations); err != nil {
				return err
			}
		}
		return nil
	}
	return found, add("", list)
}

// selectOrganization scopes a session to an organization.
func (c *Client) selectOrganization(ctx context.Context, session config.Secret, id config.UUID) (answer, error) {
	answer, err := c.do(ctx, request{
		what:   "the login to the organization",
		path:   "/api/v3/auth/select-organization",
		body:   fixed(Body{"organizationId": string(id)}),
		bearer: session,
	})
	said, ok := errors.AsType[verdict](err)
	failed, judged := errors.AsType[*Error](err)
	switch {
	case !ok || said.routeMissing():
		return answer, err
	case said.name == "UserLocked":
		return answer, lockedPerson(err)
	case judged && failed.Kind == Refused:
		return answer, &Error{Kind: Refused, Message: err.Error() + "; check " + setOrganization + ", and if the organization demands SSO set " + setBrowser, Err: said}
	}
	return answer, err
}
