package infisicaltest

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"time"
)

// call is one request while it is answered.
type call struct {
	server  *Server
	request *http.Request
	raw     []byte // the body as it came
	body    any    // decoded: an object, a text, or nil if there was none
	now     time.Time
	route   route
	header  http.Header // sent with the answer, whatever it is
}

// parse decodes the body by its content type. The Infisical server knows JSON
// and forms; anything else is a text to it.
func (c *call) parse() error {
	if len(c.raw) > maxBody {
		return because(internal(), "body of more than 1 MiB")
	}
	media, _, _ := mime.ParseMediaType(c.request.Header.Get("Content-Type"))
	switch {
	case media == "application/json":
		if err := json.Unmarshal(c.raw, &c.body); err != nil {
			return because(internal(), "body is not JSON: "+err.Error())
		}
	case len(c.raw) == 0:
	case media == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(c.raw))
		if err != nil {
			return because(internal(), "body is not a form: "+err.Error())
		}
		fields := map[string]any{}
		for name := range form {
			fields[name] = form.Get(name)
		}
		c.body = fields
	default:
		c.body = string(c.raw)
	}
	return nil
}

// failure is an answer that is an error.
type failure struct {
	status  int
	name    string // "error" of the body
	message any    // a text, or the issues of a validation; nil leaves it out
	why     string // for the test's eyes
}

// Error implements error.
func (f *failure) Error() string {
	if f.why != "" {
		return f.why
	}
	if text, ok := f.message.(string); ok {
		return text
	}
	issues, _ := json.Marshal(f.message)
	return f.name + " " + string(issues)
}

// because adds what the client is not told.
func because(err error, why string) error {
	if f, ok := errors.AsType[*failure](err); ok {
		explained := *f
		explained.why = why
		return &explained
	}
	return err
}

func unauthorized(message string) error {
	return &failure{status: http.StatusUnauthorized, name: "UnauthorizedError", message: message}
}

func forbidden(message string) error {
	return &failure{status: http.StatusForbidden, name: "ForbiddenError", message: message}
}

func notFound(message string) error {
	return &failure{status: http.StatusNotFound, name: "NotFound", message: message}
}

func badRequest(message string) error {
	return &failure{status: http.StatusBadRequest, name: "BadRequest", message: message}
}

func tokenError(message string) error {
	return &failure{status: http.StatusForbidden, name: "TokenError", message: message}
}

func internal() error {
	return &failure{status: http.StatusInternalServerError, name: "InternalServerError", message: "Something went wrong"}
}

func databaseError(operation string) error {
	return &failure{status: http.StatusInternalServerError, name: operation, message: "Something went wrong"}
}
