package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/net/netutil"

	"lachan/console/blockpage"
	"lachan/resolver/certificate"
)

// startPage shows the block page where the configuration says. With an error it
// is shown nowhere.
func (n *node) startPage(ctx context.Context) (err error) {
	n.children.stop("page")
	n.conditions.Clear("page-certificate")
	p := &n.cfg.Server.Page
	site := http.Handler(blockpage.New(n.find, n.ask))
	if n.renewer != nil && len(p.HTTP) > 0 {
		site = n.renewer.Handler(site)
	}
	s := &pageServer{server: blockpage.NewServer(site)}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	for _, addr := range p.HTTP {
		if err := s.listen(addr, nil); err != nil {
			return err
		}
	}
	if len(p.HTTPS) > 0 {
		if s.certificate, err = certificate.Open(p.Files()); err != nil {
			return err
		}
		if err := s.secrets.Use(s.certificate.Secrets()); err != nil {
			return err
		}
	}
	for _, addr := range p.HTTPS {
		if err := s.listen(addr, s.secrets.Config()); err != nil {
			return err
		}
	}
	if len(s.listeners) > 0 {
		n.children.start(ctx, "page", func(ctx context.Context) { s.run(ctx, n) })
	}
	return nil
}

// A pageServer shows the block page.
type pageServer struct {
	server      *http.Server
	listeners   []net.Listener
	certificate *certificate.Watcher // nil without TLS
	secrets     certificate.Store
}

// listen binds an address; with a configuration TLS is spoken there.
func (s *pageServer) listen(addr netip.AddrPort, config *tls.Config) error {
	network := "tcp4"
	if addr.Addr().Is6() {
		network = "tcp6"
	}
	l, err := net.Listen(network, addr.String())
	if err != nil {
		return fmt.Errorf("listen for the block page on %s: %w", addr, err)
	}
	l = netutil.LimitListener(l, blockpage.Connections)
	if config != nil {
		l = tls.NewListener(l, config)
	}
	s.listeners = append(s.listeners, l)
	return nil
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
	if s.certificate == nil {
		return
	}
	changed, err := s.certificate.Refresh()
	if changed {
		err = s.secrets.Use(s.certificate.Secrets())
	}
	if err != nil {
		n.conditions.Set("page-certificate", textCertificateBroken.With(err).String())
	} else {
		n.conditions.Clear("page-certificate")
	}
}
