package feed

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"lachan/internal/wording"
)

// maxSidecarBytes bounds the file with the digest of a list.
const maxSidecarBytes = 64 << 10

// checkSidecar compares the digest of a list with the one that its publisher has
// published beside it.
func (s *Store) checkSidecar(ctx context.Context, src *Source, digest string) error {
	if src.SHA256URL == "" {
		return nil
	}
	var text bytes.Buffer
	if _, err := s.read(ctx, s.dialer(src), src.SHA256URL, Copy{}, maxSidecarBytes, &text); err != nil {
		known := asError(err)
		return refuse(wording.Join(textSidecarFetch, known.Text), known.Err)
	}
	want, ok := parseSidecar(&text, src.fileName())
	if !ok {
		return refuse(textSidecar, fmt.Errorf("%w: no digest beside the list", ErrDigest))
	}
	if want != digest {
		return refuse(textDigest.With(digest, want), fmt.Errorf("%w: %s, wanted %s", ErrDigest, digest, want))
	}
	return nil
}

// parseSidecar finds the SHA-256 of the file called name: in the line with that
// name, or in the only line. A line is a digest, or a digest, a space, a space or
// '*', and a name. The result is lower case.
func parseSidecar(r io.Reader, name string) (digest string, ok bool) {
	digests := 0
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		sum, file, _ := strings.Cut(strings.TrimSpace(lines.Text()), " ")
		sum = strings.ToLower(sum)
		if raw, err := hex.DecodeString(sum); err != nil || len(raw) != 32 {
			continue
		}
		if strings.TrimLeft(file, " *") == name {
			return sum, true
		}
		digests++
		digest = sum
	}
	return digest, digests == 1 && lines.Err() == nil
}
