package nodes

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"lachan/admin/ledger"
	"lachan/cmd/lachan/config"
	"lachan/fleet"
	"lachan/fleet/hub"
	"lachan/fleet/node"
)

// Each of three hubs has the files that one of them has made for nodes: when it goes, nodes have
// them of the two others, and the next one goes on with the same lists.

// A mirror fetches what is missing here.
type mirror struct {
	of     others
	blobs  *hub.Blobs
	client *http.Client
	urls   []string
	dir    string // where files come to
}

// mirrorAgain is after how long a file is asked for again that no hub has given, mirrorTime how
// long one may take.
const (
	mirrorAgain = 10 * time.Second
	mirrorTime  = 10 * time.Minute
)

func newMirror(of others, blobs *hub.Blobs) *mirror {
	m := &mirror{
		of: of, blobs: blobs, client: node.Client(of.trusts), dir: filepath.Join(config.FleetDir(of.cfg), "coming"),
	}
	addresses, _ := of.cfg.Fleet.Partners()
	for _, address := range addresses {
		m.urls = append(m.urls, "https://"+address+fleet.BlobPath)
	}
	return m
}

// run fetches until ctx is done.
func (m *mirror) run(ctx context.Context, served *hub.Hub) {
	defer m.client.CloseIdleConnections()
	src := &m.of.src
	for told := false; ; {
		grown := ledger.Grown(src.Ledger)
		err := m.fetch(ctx)
		if err == nil && !served.Leads() { // the one that leads removes files as it makes others
			err = keep(src, m.blobs)
		}
		again := (<-chan time.Time)(nil)
		if err != nil {
			grown, again = nil, time.After(mirrorAgain)
			if ctx.Err() == nil && !told { // one that is away has what it has
				src.Log.Warn("have the files for nodes that another hub has made", "error", err)
			}
		}
		told = err != nil
		select {
		case <-ctx.Done():
			return
		case <-grown:
		case <-again:
		}
	}
}

// fetch has all files here that nodes may have to have.
func (m *mirror) fetch(ctx context.Context) error {
	var errs []error
	for digest, size := range needed(m.of.src.Ledger.State()) {
		if ctx.Err() == nil && !m.blobs.Has(digest, size) {
			errs = append(errs, m.take(ctx, node.Blob{SHA256: digest, Size: size}))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return os.RemoveAll(m.dir) // parts of what is needed no more
}

// take has one file here.
func (m *mirror) take(ctx context.Context, b node.Blob) error {
	ctx, cancel := context.WithTimeout(ctx, mirrorTime)
	defer cancel()
	if err := os.MkdirAll(m.dir, 0o700); err != nil {
		return err
	}
	name, err := node.Fetch(ctx, m.client, m.dir, b, m.urls...)
	if err != nil {
		return err
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	_, _, err = m.blobs.Put(file)
	return errors.Join(err, file.Close(), os.Remove(name))
}
