package printable

import "strings"

// Address is an address from a configuration as it may be shown. It may hold a key: in
// front of the host, or behind a question mark or a number sign. What does is left out,
// however malformed the address is. Without "://" it is a file's name, and stays.
func Address(text string) string {
	scheme, rest, found := strings.Cut(text, "://")
	if !found {
		return text
	}
	shown := scheme + "://"
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		shown, rest = shown+hidden+"@", rest[at+1:]
	}
	if at := strings.IndexAny(rest, "?#"); at >= 0 {
		rest = rest[:at+1] + hidden
	}
	return shown + rest
}

// Host is Address without the path, for addresses whose path may be a key too.
func Host(text string) string {
	shown := Address(text)
	scheme, rest, found := strings.Cut(shown, "://")
	if !found {
		return shown
	}
	if host, _, found := strings.Cut(rest, "/"); found {
		return scheme + "://" + host + "/" + hidden
	}
	return shown
}

// hidden stands for what is left out.
const hidden = "..."
