package methods

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// wire is a way to answer a request that has been read from a connection. Good is
// the whole good answer, head and body.
type wire struct {
	name  string
	do    func(conn net.Conn, good, body string)
	kinds []Kind // that an error may have
	fine  bool   // whether success is right too
	loose bool   // whether success is right for what takes any JSON object
	hangs bool   // whether it ends by the timeout
}

// says answers with some bytes.
func says(text string) func(net.Conn, string, string) {
	return func(conn net.Conn, _, _ string) { _, _ = io.WriteString(conn, text) }
}

// head answers with a status line, headers and the good body.
func head(line string, headers ...string) func(net.Conn, string, string) {
	return func(conn net.Conn, _, body string) {
		lines := slices.Concat([]string{line}, headers, []string{"Metadata-Flavor: Google", fmt.Sprintf("Content-Length: %d", len(body))})
		_, _ = io.WriteString(conn, strings.Join(lines, "\r\n")+"\r\n\r\n"+body)
	}
}

// body answers 200 with a body.
func body(text string, headers ...string) func(net.Conn, string, string) {
	return func(conn net.Conn, _, _ string) { head("HTTP/1.1 200 OK", headers...)(conn, "", text) }
}

// reset ends a connection with a TCP reset, which may overtake what was sent.
func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// forever repeats a text, as slowly as a system call, until nobody listens.
func forever(first, again string, each time.Duration) func(net.Conn, string, string) {
	return func(conn net.Conn, _, _ string) {
		_, err := io.WriteString(conn, first)
		ticker := time.NewTicker(each)
		defer ticker.Stop()
		for err == nil {
			<-ticker.C
			_, err = io.WriteString(conn, again)
		}
	}
}

// until waits for the other end to go away.
func until(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

func compressed(text string) string {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = io.WriteString(z, text)
	_ = z.Close()
	return out.String()
}

// wires are all that can go wrong below the meaning of an answer, and with it.
func wires() []wire {
	var all []wire
	all = append(all, wireBreaks()...)
	all = append(all, wireHeads()...)
	all = append(all, wireChunks()...)
	all = append(all, wireBodies()...)
	all = append(all, wireStatuses()...)
	return append(all, wireHangs()...)
}

// wireBreaks end the answer where it should not end.
func wireBreaks() []wire {
	broken := []Kind{Unavailable}
	return []wire{
		{name: "half-closed at once", do: func(conn net.Conn, _, _ string) { _ = conn.(*net.TCPConn).CloseWrite(); until(conn) }, kinds: broken},
		{name: "reset at once", do: func(conn net.Conn, _, _ string) { reset(conn) }, kinds: broken},
		{name: "half-closed within the body", do: func(conn net.Conn, good, _ string) {
			_, _ = io.WriteString(conn, good[:len(good)-3])
			_ = conn.(*net.TCPConn).CloseWrite()
			until(conn)
		}, kinds: broken},
		{name: "half-closed after the whole", fine: true, do: func(conn net.Conn, good, _ string) {
			_, _ = io.WriteString(conn, good)
			_ = conn.(*net.TCPConn).CloseWrite()
			until(conn)
		}},
		{name: "byte by byte", fine: true, do: func(conn net.Conn, good, _ string) {
			for i := range len(good) {
				_, _ = io.WriteString(conn, good[i:i+1])
			}
		}},
		{name: "open after the whole", fine: true, do: func(conn net.Conn, good, _ string) { _, _ = io.WriteString(conn, good); until(conn) }},
		{name: "garbage after the whole", fine: true, do: func(conn net.Conn, good, _ string) {
			_, _ = io.WriteString(conn, good+"HTTP/1.1 500 No\r\n\r\n\x00\xff")
		}},
	}
}

// wireHeads are wrong before the body.
func wireHeads() []wire {
	strange := []Kind{Protocol}
	either := []Kind{Protocol, Unavailable}
	all := []wire{
		{name: "HTTP/1.0", do: head("HTTP/1.0 200 OK"), fine: true},
		{name: "status without a reason", do: head("HTTP/1.1 200"), fine: true},
		{name: "continue first", do: func(conn net.Conn, good, _ string) { _, _ = io.WriteString(conn, "HTTP/1.1 100 Continue\r\n\r\n"+good) }, fine: true},
		{name: "early hints first", do: func(conn net.Conn, good, _ string) {
			_, _ = io.WriteString(conn, "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"+good)
		}, fine: true},
		{name: "a thousand continues", do: func(conn net.Conn, good, _ string) {
			_, _ = io.WriteString(conn, strings.Repeat("HTTP/1.1 100 Continue\r\nX: "+strings.Repeat("x", 100)+"\r\n\r\n", 1000)+good)
		}, kinds: either, fine: true},
		{name: "line feeds alone", do: func(conn net.Conn, good, _ string) {
			_, _ = io.WriteString(conn, strings.ReplaceAll(good, "\r\n", "\n"))
		}, fine: true},
		{name: "no length", do: func(conn net.Conn, _, body string) {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nMetadata-Flavor: Google\r\n\r\n"+body)
		}, fine: true},
		{name: "switching protocols", do: head("HTTP/1.1 101 Switching Protocols"), kinds: either},
		{name: "headers of 1 MiB", do: head("HTTP/1.1 200 OK", "X-Long: "+strings.Repeat("x", 1<<20)), kinds: either},
		{name: "ten thousand headers", do: head("HTTP/1.1 200 OK", strings.Split(strings.Repeat("X: y\n", 20_000), "\n")...), kinds: either},
		{name: "two lengths", do: head("HTTP/1.1 200 OK", "Content-Length: 7"), kinds: strange},
		{name: "a date that is none", do: head("HTTP/1.1 200 OK", "Date: yesterday"), fine: true},
		{name: "a clock ten years ahead", do: head("HTTP/1.1 200 OK", "Date: Thu, 01 Jan 2037 00:00:00 GMT"), fine: true},
		{name: "a clock at the beginning of time", do: head("HTTP/1.1 200 OK", "Date: Thu, 01 Jan 1970 00:00:00 GMT"), fine: true},
		{name: "cookies of nonsense", do: head("HTTP/1.1 200 OK", "Set-Cookie: \x7f=;;;", "Set-Cookie: ="), fine: true, kinds: strange},
		{name: "no content type", do: head("HTTP/1.1 200 OK"), fine: true},
		{name: "a page by its content type", do: head("HTTP/1.1 200 OK", "Content-Type: text/html"), fine: true},
		{name: "a picture by its content type", do: head("HTTP/1.1 200 OK", "Content-Type: image/png"), fine: true},
		{name: "a content type of nonsense", do: head("HTTP/1.1 200 OK", "Content-Type: ;;;\"", "Content-Type: x"), fine: true},
	}
	for name, text := range map[string]string{
		"a mail server": "220 mail.example ESMTP\r\n", "an SSH server": "SSH-2.0-OpenSSH_9\r\n", "a stream of music": "ICY 200 OK\r\n\r\n", "an empty line": "\r\n\r\n",
		"HTTP/2": "\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64\x00\x04\x00\x10\x00\x00\x00\x06\x00\x01\x00\x00", "HTTP/2 by name": "HTTP/2 200\r\n\r\n{}",
		"HTTP/0.9": "<html>hello</html>", "a status of letters": "HTTP/1.1 abc OK\r\n\r\n", "a status of four digits": "HTTP/1.1 2000 OK\r\n\r\n", "a negative status": "HTTP/1.1 -20 OK\r\n\r\n",
		"a TLS alert": "\x15\x03\x01\x00\x02\x02\x46", "zeros": strings.Repeat("\x00", 5000), "a line without end": strings.Repeat("x", 1<<20),
		"a header without a colon": "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n{}", "NUL in a header": "HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 2\r\n\r\n{}",
		"a length below zero": "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}", "a length of letters": "HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n{}", "a length beyond numbers": "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n{}",
		"an unknown transfer coding": "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n{}",
	} {
		// What is no HTTP at all may look like a broken connection.
		all = append(all, wire{name: name, do: says(text), kinds: either})
	}
	return all
}

// wireChunks are wrong in the chunks of the body.
func wireChunks() []wire {
	chunked := func(text string) func(net.Conn, string, string) {
		return func(conn net.Conn, _, body string) {
			text := strings.NewReplacer("LENGTH", fmt.Sprintf("%x", len(body)), "BODY", body).Replace(text)
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nMetadata-Flavor: Google\r\nTransfer-Encoding: chunked\r\n\r\n"+text)
		}
	}
	either := []Kind{Protocol, Unavailable}
	return []wire{
		{name: "good chunks", do: chunked("LENGTH\r\nBODY\r\n0\r\n\r\n"), fine: true},
		{name: "a chunk with an extension", do: chunked("LENGTH;a=b\r\nBODY\r\n0\r\n\r\n"), fine: true},
		{name: "trailers", do: chunked("LENGTH\r\nBODY\r\n0\r\nX: y\r\n\r\n"), fine: true},
		{name: "a chunk cut", do: chunked("fff\r\nBODY"), kinds: []Kind{Unavailable}},
		{name: "no last chunk", do: chunked("LENGTH\r\nBODY\r\n"), kinds: []Kind{Unavailable}},
		{name: "a chunk of letters", do: chunked("xyz\r\nBODY\r\n0\r\n\r\n"), kinds: either},
		{name: "a chunk below zero", do: chunked("-1\r\nBODY\r\n0\r\n\r\n"), kinds: either},
		{name: "a chunk beyond numbers", do: chunked("ffffffffffffffffff\r\nBODY\r\n0\r\n\r\n"), kinds: either},
		{name: "a chunk longer than it says", do: chunked("1\r\nBODY\r\n0\r\n\r\n"), kinds: either},
		{name: "chunks and a length", do: func(conn net.Conn, _, body string) {
			_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nMetadata-Flavor: Google\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(body), body)
		}, kinds: either, fine: true},
	}
}

// wireBodies are whole answers of status 200 that mean nothing.
func wireBodies() []wire {
	strange := []Kind{Protocol}
	never := map[string]string{
		"nothing": "", "white space": " \r\n ", "a page": "<!doctype html><p>Please sign in.</p>", "null": "null", "an array": `[{"accessToken":"a"}]`, "a text": `"a b"`, "a number": "5 5",
		"cut JSON": `{"accessToken":"a"`, "garbage behind": `{"accessToken":"a"}]`, "another object behind": `{"accessToken":"a"}{}`, "the token twice": `{"accessToken":"a","accessToken":"b","value":1,"value":2}`,
		"100,000 arrays": `{"accessToken":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + "}", "100,000 objects": strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000), "an endless opening": strings.Repeat("[", 500_000),
		"UTF-16": "\xff\xfe{\x00}\x00", "a byte order mark": "\ufeff{}", "single quotes": "{'accessToken':'a'}", "a comma too many": `{"accessToken":"a",}`, "NaN": `{"accessToken":NaN}`, "a comment": `{/* */}`,
		"2 MiB of white space": strings.Repeat(" ", 2<<20) + "{}", "a token of 2 MiB": `{"accessToken":"` + strings.Repeat("a", 2<<20) + `"}`, "control characters": `{"accessToken":"a` + "\x01" + `b"}`,
	}
	senseless := map[string]string{
		"an empty object": "{}", "a null token": many("null"), "an empty token": many(`""`), "a number as token": many("5"), "an object as token": many("{}"), "an array as token": many(`["a"]`), "true as token": many("true"),
		"a newline in the token": many(`"a\nb"`), "NUL in the token": many(`"a\u0000b"`), "ESC in the token": many(`"a\u001b[31mb"`), "a space in the token": many(`"a b"`), "half a character in the token": many(`"\ud800"`),
		"bytes that are no characters": many("\"a\xff\xfe\""), "a zero width space in the token": many(`"a\u200bb"`), "a line separator in the token": many(`"a\u2028b"`), "other case": `{"ACCESSTOKEN":"a","VALUES":"b"}`,
		"a number beyond numbers": `{"accessToken":1e999}`, "500 KiB of members": "{" + strings.Repeat(`"x":1,`, 1) + `"y":"` + strings.Repeat("z", 500<<10) + `"}`,
	}
	var all []wire
	for name, text := range never {
		all = append(all, wire{name: name, do: body(text), kinds: strange})
	}
	for name, text := range senseless {
		all = append(all, wire{name: name, do: body(text), kinds: strange, loose: true})
	}
	bomb := compressed(`{"accessToken":"` + strings.Repeat("a", 16<<20) + `"}`)
	small := compressed("{}")
	return append(all,
		wire{name: "a bomb of gzip", do: body(bomb, "Content-Encoding: gzip"), kinds: strange},
		wire{name: "gzip unasked", do: body(small, "Content-Encoding: gzip"), kinds: strange},
		wire{name: "gzip that is none", do: body("{}", "Content-Encoding: gzip"), kinds: []Kind{Protocol, Unavailable}, loose: true},
		wire{name: "an unknown encoding", do: body("\x1b\x07\x00", "Content-Encoding: br"), kinds: strange},
		wire{name: "endless body", do: forever("HTTP/1.1 200 OK\r\nMetadata-Flavor: Google\r\n\r\n{\"accessToken\":\"", strings.Repeat("a", 1<<18), time.Microsecond), kinds: strange},
	)
}

// many gives every member that may hold a token the same value.
func many(value string) string {
	var members []string
	for _, name := range []string{"accessToken", "token", "value", "oidcToken", "access_token", "salt", "serverPublicKey", "organizations", "identityDetails", "user"} {
		members = append(members, `"`+name+`":`+value)
	}
	return "{" + strings.Join(members, ",") + "}"
}

// wireStatuses are answers with every status but success.
func wireStatuses() []wire {
	const trouble = `{"reqId":"req-1","statusCode":400,"message":"no: ` + hush + `\u001b[31m\nnext line","error":"BadRequest"}`
	var all []wire
	for _, status := range []int{400, 401, 402, 403, 404, 405, 407, 408, 409, 410, 411, 413, 414, 415, 418, 421, 422, 423, 425, 426, 428, 429, 431, 451, 499, 500, 501, 502, 503, 504, 505, 507, 508, 511, 520, 525, 530, 599} {
		line := fmt.Sprintf("HTTP/1.1 %d %s", status, http.StatusText(status))
		kinds, page := []Kind{Refused, Setting}, []Kind{Protocol, Refused, Setting}
		if status >= 500 || status == 408 || status == 425 || status == 429 {
			kinds, page = []Kind{Unavailable, Refused}, []Kind{Unavailable, Refused} // a second factor is refused with 500 too
		}
		if status == 404 {
			kinds = append(kinds, Protocol)
		}
		all = append(all,
			wire{name: fmt.Sprintf("status %d", status), kinds: kinds, do: func(conn net.Conn, _, _ string) { head(line)(conn, "", trouble) }},
			wire{name: fmt.Sprintf("status %d with a page", status), kinds: page, do: func(conn net.Conn, _, _ string) {
				head(line, "Content-Type: text/html")(conn, "", "<html>"+hush+"</html>")
			}},
		)
	}
	for _, status := range []int{300, 301, 302, 303, 304, 305, 307, 308, 399} {
		for name, location := range map[string]string{
			"": "https://trap.invalid/?" + hush, " with the secret as host": "https://" + hush + ".invalid/", " nowhere": "", " to itself": "/again", " to nonsense": "::\x01%zz", " far": "https://" + strings.Repeat("x", 60_000),
		} {
			all = append(all, wire{name: fmt.Sprintf("redirect %d%s", status, name), kinds: []Kind{Protocol}, do: head(fmt.Sprintf("HTTP/1.1 %d Elsewhere", status), "Location: "+location)})
		}
	}
	for _, status := range []int{199, 600, 999} {
		all = append(all, wire{name: fmt.Sprintf("status %d", status), kinds: []Kind{Protocol, Unavailable, Refused}, do: head(fmt.Sprintf("HTTP/1.1 %d What", status))})
	}
	for _, status := range []int{201, 202, 203, 206, 226, 299} {
		all = append(all, wire{name: fmt.Sprintf("status %d", status), fine: true, do: head(fmt.Sprintf("HTTP/1.1 %d Fine", status))})
	}
	for _, status := range []int{204, 205} {
		all = append(all, wire{name: fmt.Sprintf("status %d", status), kinds: []Kind{Protocol}, fine: status == 205, do: head(fmt.Sprintf("HTTP/1.1 %d Nothing", status))})
	}
	for _, after := range []string{"0", "1", "3600", "-5", "x", "99999999999999999999", "Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 01 Jan 2037 00:00:00 GMT", ""} {
		for _, status := range []int{429, 503} {
			all = append(all, wire{name: fmt.Sprintf("a storm of %d with Retry-After %q", status, after), kinds: []Kind{Unavailable}, do: head(fmt.Sprintf("HTTP/1.1 %d Later", status), "Retry-After: "+after), hangs: true})
		}
	}
	return all
}

// wireHangs never come to an end.
func wireHangs() []wire {
	late := []Kind{Unavailable}
	hold := func(text string) func(net.Conn, string, string) {
		return func(conn net.Conn, _, _ string) { _, _ = io.WriteString(conn, text); until(conn) }
	}
	return []wire{
		{name: "silence", do: hold(""), kinds: late, hangs: true},
		{name: "silence after half a status", do: hold("HTTP/1.1 2"), kinds: late, hangs: true},
		{name: "silence after the status", do: hold("HTTP/1.1 200 OK\r\n"), kinds: late, hangs: true},
		{name: "silence after the head", do: hold("HTTP/1.1 200 OK\r\nMetadata-Flavor: Google\r\nContent-Length: 100\r\n\r\n"), kinds: late, hangs: true},
		{name: "silence after a continue", do: hold("HTTP/1.1 100 Continue\r\n\r\n"), kinds: late, hangs: true},
		{name: "silence within a chunk", do: hold("HTTP/1.1 200 OK\r\nMetadata-Flavor: Google\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"), kinds: late, hangs: true},
		{name: "silence within an error", do: hold("HTTP/1.1 400 No\r\nContent-Length: 100\r\n\r\n{"), kinds: []Kind{Unavailable, Refused}, hangs: true},
		{name: "a trickle of headers", do: forever("HTTP/1.1 200 OK\r\n", "X: y\r\n", time.Millisecond), kinds: late, hangs: true},
		{name: "a trickle of the body", do: forever("HTTP/1.1 200 OK\r\nMetadata-Flavor: Google\r\n\r\n{\"accessToken\":\"", "a", time.Millisecond), kinds: late, hangs: true},
		{name: "a trickle of chunks", do: forever("HTTP/1.1 200 OK\r\nMetadata-Flavor: Google\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\na\r\n", time.Millisecond), kinds: late, hangs: true},
		{name: "continues without end", do: forever("", "HTTP/1.1 100 Continue\r\n\r\n", time.Millisecond), kinds: []Kind{Unavailable, Protocol}, hangs: true},
	}
}
