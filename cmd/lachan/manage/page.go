package manage

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"lachan/console/blockpage"
	"lachan/internal/fault"
	"lachan/internal/message"
	"lachan/resolver/certificate"
)

// startPage shows the block page where the configuration says. With an error it
// is shown nowhere.
func (sv *services) startPage(ctx context.Context) (err error) {
	sv.conditions.Clear("page-certificate")
	p := &sv.cfg.Server.Page
	site := sv.children.guard("page", blockpage.New(sv.visitors.find, sv.visitors.ask))
	if sv.identity.renewer != nil && len(p.HTTP) > 0 {
		site = sv.identity.renewer.Handler(site)
	}
	s := &pageServer{server: blockpage.NewServer(site)}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if err := s.listen(sv, message.RolePage, nil); err != nil {
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
	if err := s.listen(sv, message.RolePageTLS, s.store.Config()); err != nil {
		return err
	}
	if len(s.listeners) > 0 {
		sv.children.start(ctx, "page", func(ctx context.Context) { s.run(ctx, sv.shared) })
	}
	return nil
}

// startConsole shows the console where the configuration says.
func (sv *services) startConsole(ctx context.Context) error {
	listeners, err := sv.listeners(message.RoleConsole)
	if err != nil || len(listeners) == 0 {
		return err
	}
	sv.children.start(ctx, "console", func(ctx context.Context) {
		guard := func(next http.Handler) http.Handler { return sv.children.guard("console", next) }
		if err := sv.console.Serve(ctx, listeners, guard, drainTime); err != nil {
			sv.log.Error("serve the console", "error", err)
			sv.conditions.Set("console", err.Error())
		}
	})
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
func (s *pageServer) listen(sv *services, role message.Role, config *tls.Config) error {
	opened, err := sv.listeners(role)
	for _, l := range opened {
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
func (s *pageServer) run(ctx context.Context, by *shared) {
	var live sync.WaitGroup
	for _, l := range s.listeners {
		by.log.Info("serving the block page", "address", l.Addr())
		live.Go(func() {
			if err := s.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				by.log.Error("serve the block page", "error", err)
			}
		})
	}
	renewed := time.NewTicker(certificateEvery)
	defer renewed.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-renewed.C:
			if err := fault.Catch(func() { s.renew(by) }); err != nil {
				by.children.failed("page-certificate", err)
			}
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
func (s *pageServer) renew(by *shared) {
	if s.watcher == nil {
		return
	}
	changed, err := s.watcher.Refresh()
	if changed {
		err = errors.Join(err, s.store.Use(s.watcher.Secrets()))
	}
	if err != nil {
		by.conditions.Set("page-certificate", textCertificateBroken.With(err).String())
	} else {
		by.conditions.Clear("page-certificate")
	}
}
