package methods

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
)

// whole reads an answer before a library sees it, and returns its body. Libraries
// take what was cut short for nonsense, or for good.
func whole(response *http.Response) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(response.Body, maxProof+1))
	_ = response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(text))
	if err != nil {
		return text, &Error{Kind: Unavailable, Message: fmt.Sprintf("the answer of %s was cut short", response.Request.URL.Host), Err: err}
	}
	if len(text) > maxProof {
		return text, &Error{Kind: Protocol, Message: fmt.Sprintf("the answer of %s is too long", response.Request.URL.Host)}
	}
	return text, nil
}
