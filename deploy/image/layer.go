package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// user is whose process the program is, and whose state: that of no account, as is
// the custom of images that have no file of users.
const user = 65532

// A file is one of the image; a name that ends in "/" is a folder.
type file struct {
	name  string
	text  []byte
	mode  int64 // 0: that of a folder, 0755
	owner int
	binds bool // its process may listen at ports below 1024, whichever user runs it
}

// A layer is the root of the image, packed.
type layer struct {
	packed []byte
	plain  string // the digest of what is packed
}

func newLayer(files []file, at time.Time) (layer, error) {
	var plain bytes.Buffer
	w := tar.NewWriter(&plain)
	for _, f := range files {
		h := tar.Header{
			Name: f.name, Mode: f.mode, Uid: f.owner, Gid: f.owner, ModTime: at,
			Size: int64(len(f.text)), Typeflag: tar.TypeReg, Format: tar.FormatPAX,
		}
		if strings.HasSuffix(f.name, "/") {
			h.Typeflag = tar.TypeDir
		}
		if f.mode == 0 {
			h.Mode = 0o755
		}
		if f.binds {
			h.PAXRecords = map[string]string{"SCHILY.xattr." + capability: string(bindsPorts())}
		}
		if err := w.WriteHeader(&h); err != nil {
			return layer{}, fmt.Errorf("pack %s: %w", f.name, err)
		}
		if _, err := w.Write(f.text); err != nil {
			return layer{}, fmt.Errorf("pack %s: %w", f.name, err)
		}
	}
	if err := w.Close(); err != nil {
		return layer{}, err
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(plain.Bytes()); err != nil {
		return layer{}, err
	}
	if err := z.Close(); err != nil {
		return layer{}, err
	}
	return layer{packed: packed.Bytes(), plain: digest(plain.Bytes())}, nil
}

// capability is the attribute of a file with the capabilities of capabilities(7) that
// running it gives.
const capability = "security.capability"

// bindsPorts is such an attribute, of version 2, for CAP_NET_BIND_SERVICE. It is
// permitted and no more: the program raises it itself. A file that asks for more than
// its container may have would not run at all where all capabilities are dropped, and
// without the attribute a Kubernetes that grants it grants it to root alone.
func bindsPorts() []byte {
	const version2, netBindService = 0x02000000, 10
	text := make([]byte, 20)
	binary.LittleEndian.PutUint32(text, version2)
	binary.LittleEndian.PutUint32(text[4:], 1<<netBindService)
	return text
}

// digest names bytes as images do.
func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:])
}
