package infisicaltest

import "net/http"

func userRoutes() []route {
	return []route{
		{method: http.MethodPost, path: "/api/v3/auth/login", since: G2, bucket: authBucket, handle: (*Server).loginByPassword},
		{method: http.MethodPost, path: "/api/v3/auth/login1", bucket: authBucket, handle: (*Server).login1},
		{method: http.MethodPost, path: "/api/v3/auth/login2", bucket: authBucket, handle: (*Server).login2},
		{method: http.MethodGet, path: "/api/v1/organization", bucket: readBucket, handle: (*Server).organizations},
		{method: http.MethodGet, path: "/api/v1/organization/accessible-with-sub-orgs", since: G3, bucket: readBucket, handle: (*Server).accessible},
		{method: http.MethodPost, path: "/api/v3/auth/select-organization", bucket: authBucket, handle: (*Server).selectOrganization},
		{method: http.MethodPost, path: "/api/v2/auth/mfa/send", bucket: mfaBucket, handle: (*Server).sendMFA},
		{method: http.MethodPost, path: "/api/v2/auth/mfa/verify", bucket: mfaBucket, handle: (*Server).verifyMFA},
		{method: http.MethodPost, path: "/api/v2/auth/mfa/verify/recovery-code", since: G2, bucket: mfaBucket, handle: (*Server).recover},
		{method: http.MethodPost, path: "/api/v1/auth/token", bucket: writeBucket, handle: (*Server).refresh},
		{method: http.MethodPost, path: "/api/v1/auth/logout", bucket: authBucket, handle: (*Server).logout},
		{method: http.MethodGet, path: "/api/v1/user", bucket: readBucket, handle: (*Server).account},
	}
}

// loginByPassword is how persons log in since the second generation.
func (s *Server) loginByPassword(c *call) (any, error) {
	body, err := c.object(field{name: "email"}, field{name: "password"}, field{name: "captchaToken", optional: true}, field{name: "providerAuthToken", optional: true})
	if err != nil {
		return nil, err
	}
	if c.request.Header.Get("User-Agent") == "" {
		return nil, because(internal(), "no User-Agent")
	}
	p, known := s.byEmail(body.text("email"))
	switch {
	case !known && s.generation == G2:
		return nil, badRequest("User not found")
	case !known:
		return nil, badRequest("Invalid login credentials")
	case p.SSOOnly:
		return nil, badRequest("No password found")
	case p.Legacy:
		return nil, &failure{status: http.StatusBadRequest, name: "LegacyEncryptionScheme", message: "Legacy encryption scheme not supported"}
	case p.Captcha:
		return nil, captcha()
	case body.text("password") != p.Password:
		return nil, badRequest("Invalid username or email")
	}
	token, _ := s.hand(c, s.begin(p), scope{})
	return map[string]string{"accessToken": token}, nil
}

func captcha() error {
	return &failure{status: http.StatusBadRequest, name: "Captcha Required", message: "Accomplish the required captcha by logging in via Web"}
}
