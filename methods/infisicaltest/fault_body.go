package infisicaltest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// Body answers every request with these bytes.
func Body(status int, contentType, body string) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // the client may have gone
	}
}

const jsonType = "application/json; charset=utf-8"

// HTML answers with status 200 and a page, as a captive portal or the web
// application behind a wrong domain does.
func HTML(w http.ResponseWriter, r *http.Request, next http.Handler) {
	Body(http.StatusOK, "text/html; charset=utf-8", "<!doctype html>\n<title>Welcome</title>\n<p>Please sign in.</p>\n")(w, r, next)
}

// EmptyObject answers with status 200 and {}.
func EmptyObject(w http.ResponseWriter, r *http.Request, next http.Handler) {
	Body(http.StatusOK, jsonType, "{}")(w, r, next)
}

// NullToken answers a login with a token that is null.
func NullToken(w http.ResponseWriter, r *http.Request, next http.Handler) {
	Token(nil)(w, r, next)
}

// EmptyToken answers a login with a token that is an empty text.
func EmptyToken(w http.ResponseWriter, r *http.Request, next http.Handler) {
	Token("")(w, r, next)
}

// Token answers a login with this token: one with a newline, an escape sequence,
// a number, whatever JSON can say.
func Token(token any) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		writeJSON(w, http.StatusOK, map[string]any{"accessToken": token, "token": token,
			"expiresIn": 7200, "accessTokenMaxTTL": 7200, "tokenType": "Bearer"})
	}
}

// Huge answers a login with a token of so many bytes.
func Huge(size int64) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", jsonType)
		_, _ = io.Copy(w, hugeToken(size)) // the client goes away half way
	}
}

// GzipBomb answers a login with a token of so many bytes, compressed to a
// thousandth, whatever encodings the client accepts.
func GzipBomb(size int64) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", jsonType)
		w.Header().Set("Content-Encoding", "gzip")
		const part = 1 << 20
		start, middle, end := compress(`{"accessToken":"`), compress(strings.Repeat("a", part)), compress(`"}`)
		// Members of a gzip file may follow each other (RFC 1952, section 2.2).
		_, _ = w.Write(start)
		for range (size + part - 1) / part {
			if _, err := w.Write(middle); err != nil {
				return
			}
		}
		_, _ = w.Write(end)
	}
}

// Deep answers with arrays nested to a depth.
func Deep(depth int) Fault {
	return Body(http.StatusOK, jsonType, `{"accessToken":`+strings.Repeat("[", depth)+strings.Repeat("]", depth)+"}")
}

// ContentType answers as the server would, but with another content type; an
// empty one is left out.
func ContentType(value string) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(&headerWriter{ResponseWriter: w, change: func(h http.Header) {
			h["Content-Type"] = nil // keeps net/http from guessing one
			if value != "" {
				h.Set("Content-Type", value)
			}
		}}, r)
	}
}

// Message answers with an error whose message is this: a text, a list, anything
// that JSON can say; nil leaves it out.
func Message(status int, message any) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		writeJSON(w, status, errorBody{ReqID: "req-" + randomText(14), StatusCode: status, Message: message, Error: "BadRequest"})
	}
}

// Echo answers with an error whose message holds every text of the request's
// body and its Authorization header.
func Echo(status int) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		raw, _ := io.ReadAll(r.Body) // from memory
		var body any
		_ = json.Unmarshal(raw, &body) // a form is echoed as it is
		said := append(texts(body), r.Header.Get("Authorization"))
		if body == nil {
			said = append(said, string(raw))
		}
		Message(status, "rejected: "+strings.Join(said, " "))(w, r, next)
	}
}

// texts returns all texts of a JSON value, except keys.
func texts(value any) []string {
	var all []string
	switch v := value.(type) {
	case string:
		all = append(all, v)
	case []any:
		for _, item := range v {
			all = append(all, texts(item)...)
		}
	case map[string]any:
		for _, item := range v {
			all = append(all, texts(item)...)
		}
	}
	return all
}

func hugeToken(size int64) io.Reader {
	return io.MultiReader(strings.NewReader(`{"accessToken":"`), io.LimitReader(endless('a'), size), strings.NewReader(`"}`))
}

// endless reads as one byte again and again.
type endless byte

// Read implements [io.Reader].
func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

func compress(text string) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = io.WriteString(z, text) // a buffer takes everything
	_ = z.Close()
	return out.Bytes()
}

// headerWriter changes the header just before it is sent.
type headerWriter struct {
	http.ResponseWriter
	change func(http.Header)
	sent   bool
}

func (w *headerWriter) WriteHeader(status int) {
	if !w.sent {
		w.sent = true
		w.change(w.Header())
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *headerWriter) Write(p []byte) (int, error) {
	if !w.sent {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap serves [http.ResponseController].
func (w *headerWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
