package renewal

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"maps"
	"strings"
	"sync"

	"golang.org/x/crypto/acme/autocert"

	"lachan/internal/fault"
	"lachan/resolver/certificate"
)

// challenges is the memory of autocert: certificates go to files, challenges are
// published and kept nowhere else.
type challenges struct {
	autocert.Cache // files
	publish        func(certificate.Challenges) error

	mu      sync.Mutex             // held while publish runs, so that the last one is the newest
	pending certificate.Challenges // mu
	closed  bool                   // mu; nothing is published any more
}

// challengeSuffix follows the name in the key under which autocert keeps the
// certificate of a challenge.
const challengeSuffix = "+token"

// Get implements autocert.Cache. Challenges are not read back: autocert has
// those that are under way in its own memory.
func (c *challenges) Get(ctx context.Context, key string) ([]byte, error) {
	if strings.HasSuffix(key, challengeSuffix) {
		return nil, autocert.ErrCacheMiss
	}
	return c.Cache.Get(ctx, key)
}

// Put implements autocert.Cache. A challenge is published before the authority
// is told to ask for it.
func (c *challenges) Put(ctx context.Context, key string, data []byte) error {
	name, ok := strings.CutSuffix(key, challengeSuffix)
	if !ok {
		return c.Cache.Put(ctx, key, data)
	}
	pair, err := split(data)
	if err != nil {
		return err
	}
	return c.change(func(all certificate.Challenges) { all[name] = pair })
}

// Delete implements autocert.Cache.
func (c *challenges) Delete(ctx context.Context, key string) error {
	name, ok := strings.CutSuffix(key, challengeSuffix)
	if !ok {
		return c.Cache.Delete(ctx, key)
	}
	return c.change(func(all certificate.Challenges) { delete(all, name) })
}

// change publishes the challenges with one that came or went.
func (c *challenges) change(edit func(certificate.Challenges)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return context.Canceled
	}
	all := certificate.Challenges{}
	maps.Copy(all, c.pending)
	edit(all)
	c.pending = all
	return safely(func() error { return c.publish(all) })
}

// safely has a panic as an error: autocert calls from goroutines of its own, which
// would take the whole process with them.
func safely(do func() error) (err error) {
	if met := fault.Catch(func() { err = do() }); met != nil {
		return met
	}
	return err
}

// close returns when nothing is published any more: what autocert takes back
// later must not take the place of what another Renewer publishes.
func (c *challenges) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
}

// split separates the key from the certificate that follows it, as autocert
// writes them.
func split(data []byte) (p certificate.Pair, err error) {
	key, certs := pem.Decode(data)
	if key == nil || !strings.Contains(key.Type, "PRIVATE KEY") || len(bytes.TrimSpace(certs)) == 0 {
		return p, errors.New("the challenge is not a key and a certificate")
	}
	return certificate.Pair{Cert: certs, Key: pem.EncodeToMemory(key)}, nil
}
