package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/infisical-login/infisical-login/methods/token"
)

// revokeLimit bounds the revocation at the end, which may not hold up the exit.
const revokeLimit = 2 * time.Second

// owe notes a token that has to be revoked in the end. A renewal takes the place
// of the token that it renews; after another login there are two until the older
// one has expired, and the command may still use that one.
func (s *stayer) owe(t token.Token) {
	if !s.stay.Revoke || s.personal() {
		return
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.owed = slices.DeleteFunc(s.owed, func(old token.Token) bool {
		left, ends := old.Remaining(time.Now())
		return same(old, t) || ends && left <= 0
	})
	s.owed = append(s.owed, t)
}

// same tells whether to revoke one of two tokens is to revoke the other.
func same(a, b token.Token) bool {
	first, _ := a.Claims()
	second, _ := b.Claims()
	return a.Secret == b.Secret || first.ID != "" && first.ID == second.ID
}

// end revokes what is owed, also after a failure of ours. It neither takes long
// nor changes the exit status.
func (s *stayer) end() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	client := s.client.Within(revokeLimit)
	client.Report = nil
	var working sync.WaitGroup
	for _, t := range s.owed {
		working.Go(func() {
			if err := client.Revoke(context.Background(), t); err != nil {
				s.run.log.warn("the token could not be revoked: " + err.Error())
			}
		})
	}
	working.Wait()
}
