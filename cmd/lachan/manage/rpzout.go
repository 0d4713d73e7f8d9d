package manage

import (
	"context"
	"errors"
	"slices"
	"time"

	"lachan/blocklist"
	"lachan/blocklist/rpzout"
	"lachan/blocklist/transfer"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/source"
	"lachan/internal/message"
)

// startRPZOut serves the zones of the configuration from now on.
func (n *node) startRPZOut(ctx context.Context) error {
	n.services.rpzOut = nil
	o := &n.cfg.Server.RPZOut
	if len(o.Listen) == 0 {
		return nil
	}
	server, err := n.openRPZOut(o)
	if err != nil {
		return err
	}
	for _, addr := range server.Addresses() {
		n.log.Info("serving zones", "address", addr)
	}
	n.services.rpzOut = server
	n.children.start(ctx, "rpz-out", func(ctx context.Context) {
		if err := server.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
			n.log.Error("serve zones", "error", err)
		}
	})
	n.publishZones(time.Now())
	return nil
}

func (n *node) openRPZOut(o *config.RPZOut) (*rpzout.Server, error) {
	var zones []rpzout.Zone
	for i := range o.Zones {
		z := &o.Zones[i]
		zone := rpzout.Zone{Name: z.Zone, Allow: z.Allow, Notify: z.Notify}
		if z.TSIG.Name != "" {
			var err error
			if zone.Key, err = transfer.ReadKey(z.TSIG.Name, string(z.TSIG.Algorithm), z.TSIG.SecretFile); err != nil {
				return nil, err
			}
		}
		zones = append(zones, zone)
	}
	server := rpzout.New(n.cfg.NodeName(), zones, n.log)
	streams, err := n.listeners(message.RoleZones)
	if err != nil {
		return nil, err
	}
	packets, err := n.packetConns(message.RoleZones)
	if err != nil {
		return nil, err
	}
	server.Use(streams, packets)
	return server, nil
}

// publishZones makes the lists in force what the served zones have.
func (n *node) publishZones(now time.Time) {
	if n.services.rpzOut == nil {
		return
	}
	var tags []blocklist.Set
	for _, z := range n.cfg.Server.RPZOut.Zones {
		var set blocklist.Set
		for _, code := range slices.Compact(z.Categories) {
			set = set.Or(n.policy.Tags(source.BuiltinPrefix, code))
		}
		tags = append(tags, set)
	}
	n.services.rpzOut.Publish(n.lists.list, tags, now)
}
