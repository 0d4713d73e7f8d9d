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
func (sv *services) startRPZOut(ctx context.Context) error {
	sv.rpzOut = nil
	o := &sv.cfg.Server.RPZOut
	if len(o.Listen) == 0 {
		return nil
	}
	server, err := sv.openRPZOut(o)
	if err != nil {
		return err
	}
	for _, addr := range server.Addresses() {
		sv.log.Info("serving zones", "address", addr)
	}
	sv.rpzOut = server
	sv.children.start(ctx, "rpz-out", func(ctx context.Context) {
		if err := server.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
			sv.log.Error("serve zones", "error", err)
		}
	})
	sv.publishZones(time.Now())
	return nil
}

func (sv *services) openRPZOut(o *config.RPZOut) (*rpzout.Server, error) {
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
	server := rpzout.New(sv.cfg.NodeName(), zones, sv.log)
	server.Failed = func(err error) { sv.children.failed("rpz-out", err) }
	streams, err := sv.listeners(message.RoleZones)
	if err != nil {
		return nil, err
	}
	packets, err := sv.packetConns(message.RoleZones)
	if err != nil {
		return nil, err
	}
	server.Use(streams, packets)
	return server, nil
}

// publishZones makes the lists in force what the served zones have.
func (sv *services) publishZones(now time.Time) {
	if sv.rpzOut == nil {
		return
	}
	var tags []blocklist.Set
	for _, z := range sv.cfg.Server.RPZOut.Zones {
		var set blocklist.Set
		for _, code := range slices.Compact(z.Categories) {
			set = set.Or(sv.policy.Tags(source.BuiltinPrefix, code))
		}
		tags = append(tags, set)
	}
	sv.rpzOut.Publish(sv.lists.list, tags, now)
}
