package infisicaltest

import (
	"fmt"
	"net/http"
)

// Status answers with a status and headers, given as names and values in turn.
// 500 and what is below 500 come with the Infisical server's body, what is above
// with the page of a proxy.
func Status(status int, header ...string) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		if status > http.StatusInternalServerError {
			page := fmt.Sprintf("<html>\r\n<head><title>%d %[2]s</title></head>\r\n<body><h1>%[1]d %[2]s</h1></body>\r\n</html>\r\n",
				status, http.StatusText(status))
			Body(status, "text/html", page)(w, r, next)
			return
		}
		name, message := "BadRequest", "Something is not as it should be"
		switch status {
		case http.StatusUnauthorized:
			name, message = "UnauthorizedError", "Invalid credentials"
		case http.StatusForbidden:
			name, message = "ForbiddenError", "You are not allowed to access this resource"
		case http.StatusNotFound:
			name, message = "NotFound", "The requested entity is not found"
		case http.StatusTooManyRequests:
			name, message = "RateLimitExceeded", "Rate limit exceeded. Please try again in 1 minute"
		case http.StatusInternalServerError:
			name, message = "InternalServerError", "Something went wrong"
		}
		writeJSON(w, status, errorBody{ReqID: "req-" + randomText(14), StatusCode: status, Message: message, Error: name})
	}
}

// Redirect answers with a redirect to another place.
func Redirect(status int, target string) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Location", target)
		w.WriteHeader(status)
	}
}
