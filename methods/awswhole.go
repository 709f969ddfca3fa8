package methods

import (
	"bytes"
	"context"
	"fmt"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// wholeAnswers has the AWS SDK see whole answers only. Of the token service's it
// takes for granted that they hold credentials.
func wholeAnswers(stack *middleware.Stack) error {
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("whole answers", func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
		out, metadata, err := next.HandleDeserialize(ctx, in)
		response, ok := out.RawResponse.(*smithyhttp.Response)
		if err != nil || !ok {
			return out, metadata, err
		}
		text, err := whole(response.Response)
		if err == nil && response.StatusCode/100 == 2 && awsmiddleware.GetServiceID(ctx) == "STS" && !bytes.Contains(text, []byte("<Credentials>")) {
			err = notAWS(response.Request.URL.Host)
		}
		return out, metadata, err
	}), middleware.After)
}

func notAWS(host string) error {
	return &Error{Kind: Protocol, Message: fmt.Sprintf("what answers at %s is not AWS: there are no credentials in its answer", host)}
}
