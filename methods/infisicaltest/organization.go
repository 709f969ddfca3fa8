package infisicaltest

import (
	"fmt"
	"slices"
)

// organization is the server's own one, or one below it.
type organization struct {
	id, name, slug string
}

// AddSubOrganization makes a sub-organization known by its slug.
func (s *Server) AddSubOrganization(slug string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.suborgs[slug] = organization{id: newUUID(), name: slug, slug: slug}
}

// scope returns the organization that a login is for. Servers of the first
// generation ignore the slug.
func (s *Server) scope(slug string, id *Identity) (organization, error) {
	if slug == "" || slug == s.org.slug || s.generation == G1 {
		return s.org, nil
	}
	sub, ok := s.suborgs[slug]
	if !ok {
		return organization{}, notFound(fmt.Sprintf("Sub organization with slug %s not found", slug))
	}
	if !slices.Contains(id.Organizations, slug) {
		return organization{}, unauthorized("Identity not authorized to access sub organization " + slug)
	}
	return sub, nil
}
