package fleet

import "time"

// A List is one of the hub's as nodes have to have it. The file has what it is, in a line of
// JSON, and its text after that, compressed (gzip).
type List struct {
	SHA256    string    `json:"sha256"` // of the file
	Size      int64     `json:"size"`   // of the file, in bytes
	Is        string    `json:"is"`     // SHA-256 of the line
	Digest    string    `json:"digest"` // SHA-256 of the text
	Confirmed time.Time `json:"confirmed"`
}

// ListObjects begins the names of objects of the ledger that are lists; the name of the feed
// comes after it.
const ListObjects = "carried/"

// MaxListHead bounds the line that says what a list is, in bytes.
const MaxListHead = 4 << 20
