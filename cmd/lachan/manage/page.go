package manage

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/net/netutil"

	"lachan/console/blockpage"
	"lachan/internal/message"
	"lachan/resolver/certificate"
)

// startPage shows the block page where the configuration says. With an error it
// is shown nowhere.
func (n *node) startPage(ctx context.Context) (err error) {
	n.conditions.Clear("page-certificate")
	p := &n.cfg.Server.Page
	site := http.Handler(blockpage.New(n.find, n.ask))
	if n.identity.renewer != nil && len(p.HTTP) > 0 {
		site = n.identity.renewer.Handler(site)
	}
	s := &pageServer{server: blockpage.NewServer(site)}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if err := s.listen(n, message.RolePage, nil); err != nil {
		return err
	}
	if len(p.HTTPS) > 0 {
		if s.watcher, err = certificate.Open(p.Files()); err != nil {
			return err
		}
		if err := s.store.Use(s.watcher.Secrets()); err != nil {
			return err
		}
	}
	if err := s.listen(n, message.RolePageTLS, s.store.Config()); err != nil {
		return err
	}
	if len(s.listeners) > 0 {
		n.children.start(ctx, "page", func(ctx context.Context) { s.run(ctx, n) })
	}
	return nil
}

// A pageServer shows the block page.
type pageServer struct {
	server    *http.Server
	listeners []net.Listener
	watcher   *certificate.Watcher // nil without TLS
	store     certificate.Store
}

// listen takes the sockets of a role; with a configuration TLS is spoken there.
func (s *pageServer) listen(n *node, role message.Role, config *tls.Config) error {
	opened, err := n.listeners(role)
	for _, l := range opened {
		l = netutil.LimitListener(l, blockpage.Connections)
		if config != nil {
			l = tls.NewListener(l, config)
		}
		s.listeners = append(s.listeners, l)
	}
	return err
}

func (s *pageServer) close() {
	for _, l := range s.listeners {
		_ = l.Close() // nothing was accepted
	}
}

// run serves until ctx is done.
func (s *pageServer) run(ctx context.Context, n *node) {
	var live sync.WaitGroup
	for _, l := range s.listeners {
		n.log.Info("serving the block page", "address", l.Addr())
		live.Go(func() {
			if err := s.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				n.log.Error("serve the block page", "error", err)
			}
		})
	}
	renewed := time.NewTicker(certificateEvery)
	defer renewed.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-renewed.C:
			s.renew(n)
		}
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if s.server.Shutdown(stop) != nil {
		_ = s.server.Close() // late readers are cut off
	}
	live.Wait()
}

// renew takes a new certificate up. While that cannot be read the old one stays.
func (s *pageServer) renew(n *node) {
	if s.watcher == nil {
		return
	}
	changed, err := s.watcher.Refresh()
	if changed {
		err = errors.Join(err, s.store.Use(s.watcher.Secrets()))
	}
	if err != nil {
		n.conditions.Set("page-certificate", textCertificateBroken.With(err).String())
	} else {
		n.conditions.Clear("page-certificate")
	}
}
