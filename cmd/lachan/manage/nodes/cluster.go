package nodes

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"lachan/cmd/lachan/config"
	"lachan/fleet/hub"
	"lachan/internal/durable"
	"lachan/internal/wording"
)

// keysFile has the keys by which the servers of a cluster know this fleet's hubs.
const keysFile = "nats.keys"

// ClusterKeys reads those keys, as they lie on a hub.
func ClusterKeys(dir string) (k hub.Keys, err error) {
	path := filepath.Join(dir, keysFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return k, wording.Error(textNoKeys)
	}
	if err == nil {
		k, err = hub.ParseKeys(text)
	}
	if err != nil {
		return k, fmt.Errorf("read %s: %w", path, err)
	}
	return k, nil
}

// MakeClusterKeys makes them if there are none.
func MakeClusterKeys(dir string) (hub.Keys, error) {
	path := filepath.Join(dir, keysFile)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		text, err := hub.NewKeys()
		if err == nil {
			err = os.MkdirAll(dir, 0o700)
		}
		if err == nil {
			err = durable.WriteFile(path, text, 0o600)
		}
		if err != nil {
			return hub.Keys{}, fmt.Errorf("write %s: %w", path, err)
		}
	}
	return ClusterKeys(dir)
}

// clusterOf is the cluster that carries in place of a server here; nil for none.
func clusterOf(cfg *config.Config) (*hub.Cluster, error) {
	if cfg.Fleet.URL == "" {
		return nil, nil
	}
	keys, err := ClusterKeys(config.FleetDir(cfg))
	if err != nil {
		return nil, err
	}
	c := &hub.Cluster{URL: cfg.Fleet.URL, Keys: keys}
	if cfg.Fleet.CA == "" {
		return c, nil
	}
	text, err := os.ReadFile(cfg.Fleet.CA)
	if err != nil {
		return nil, err
	}
	c.CAs = x509.NewCertPool()
	if !c.CAs.AppendCertsFromPEM(text) {
		return nil, wording.Error(textNoCA.With(cfg.Fleet.CA))
	}
	return c, nil
}

// start starts what carries. A cluster that cannot be used yet is waited for, and told, and so
// are streams that have more than the ledger; nil if ctx is done before.
func (h *Hub) start(ctx context.Context, cfg *config.Config) (*hub.Hub, *hub.Feed, error) {
	for {
		served, feed, err := h.startOnce(ctx, cfg)
		if err == nil {
			h.src.Conditions.Clear("fleet-cluster")
			return served, feed, nil
		}
		switch {
		case errors.Is(err, hub.ErrAhead): // until the generation is another one
			if h.src.Conditions.Set("fleet-ahead", textStreams.With(err).String()) {
				h.src.Log.Error("serve the nodes of the fleet", "error", err)
			}
			<-ctx.Done()
			return nil, nil, nil
		case ctx.Err() != nil:
			return nil, nil, nil
		case len(cfg.Fleet.Hubs) > 0:
			others{h, cfg}.tell(err)
		case cfg.Fleet.URL == "":
			return nil, nil, err
		default:
			tellCluster(&h.src, cfg, err)
		}
		select {
		case <-ctx.Done():
			return nil, nil, nil
		case <-time.After(watchEvery):
		}
	}
}

func (h *Hub) startOnce(ctx context.Context, cfg *config.Config) (served *hub.Hub, feed *hub.Feed, err error) {
	cluster, err := clusterOf(cfg)
	if err != nil {
		return nil, nil, err
	}
	served, err = hub.Start(ctx, settings(h, cfg, cluster))
	if err != nil {
		return nil, nil, err
	}
	if len(cfg.Fleet.Hubs) > 0 {
		feed, err = others{h, cfg}.together(ctx, served)
	} else {
		feed, err = h.open(ctx, served, cfg)
	}
	if err != nil {
		served.Close()
		return nil, nil, err
	}
	return served, feed, nil
}

// tellCluster tells that a cluster does not carry, or that it does again.
func tellCluster(src *Sources, cfg *config.Config, err error) {
	if err == nil {
		src.Conditions.Clear("fleet-cluster")
		return
	}
	text := textCluster.With(cfg.Fleet.URL, err)
	for _, known := range []struct {
		is  error
		say wording.Text
	}{
		{hub.ErrAway, textAway.With(cfg.Fleet.URL, err)},
		{hub.ErrUnknown, textSettings.With(cfg.Fleet.URL, err)},
		{hub.ErrNoStreams, textSettings.With(cfg.Fleet.URL, err)},
		{hub.ErrNotAsked, textSettings.With(cfg.Fleet.URL, err)},
	} {
		if errors.Is(err, known.is) {
			text = known.say
		}
	}
	if src.Conditions.Set("fleet-cluster", text.String()) {
		src.Log.Error("reach the servers that carry to nodes", "error", wording.ErrorIn(err, wording.English))
	}
}

var (
	textNoKeys = wording.Text{
		VI: "chưa có khóa cho cụm NATS; hãy chạy: lachan fleet nats",
		EN: "there are no keys for the NATS cluster yet; run: lachan fleet nats",
	}
	textNoCA = wording.Text{
		VI: "tệp %s không có chứng chỉ dạng PEM (fleet.ca)",
		EN: "the file %s has no certificate in PEM (fleet.ca)",
	}
	textCluster = wording.Text{
		VI: "không dùng được cụm NATS %s nên các nút không nhận được điều mới; sẽ thử lại: %v",
		EN: "the NATS cluster %s cannot be used, and nodes get nothing new; it is tried again: %v",
	}
	textAway = wording.Text{
		VI: "không tới được cụm NATS %s nên các nút không nhận được điều mới; điều quyết định vẫn nằm trong sổ và sẽ tới khi cụm trở lại. Hãy xem các máy chủ ấy, cổng và tường lửa: %v",
		EN: "the NATS cluster %s cannot be reached, and nodes get nothing new; what is decided is in the ledger and reaches them when it is back. Look at its servers, the port and firewalls: %v",
	}
	textSettings = wording.Text{
		VI: "cụm NATS %s chưa được đặt cho máy trung tâm này; hãy đưa điều lachan fleet nats in ra vào cấu hình của từng máy chủ rồi khởi động lại từng máy: %v",
		EN: "the NATS cluster %s is not set up for this hub; put what lachan fleet nats prints into the file of each server, and start them again one after the other: %v",
	}
)
