package report

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"os"
	"time"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/offline"
	"lachan/metrics/report"
	"lachan/metrics/report/figures"
)

// mostDocument bounds a document that is verified, and each part of it, in bytes.
const mostDocument = 256 << 20

// verify holds a document against the figures: those in it, if it is JSON; those that were
// kept when it was made; and those that the history gives now.
func verify(c command.Call, file string) error {
	seal, err := sealOf(file)
	if err != nil {
		return err
	}
	off, _, err := offline.Open(c)
	if err != nil {
		return err
	}
	unit := seal.Unit
	if unit == "" {
		unit = everySchool
	}
	c.Say(textSealed.With(unit, seal.Period, figures.Moment(seal.AsOf), seal.Hash))
	for _, kept := range keptOf(off.Config, seal.Unit, seal.Period) {
		if kept.Hash == seal.Hash {
			c.Say(textKeptSame.With(kept.Data.Total.Queries, kept.Data.Total.Blocked))
			return nil
		}
	}
	made, err := recompute(c, off, seal, unit)
	switch {
	case err != nil:
		return command.Fail(textNotAgain.With(err))
	case made.Hash != seal.Hash:
		return command.Fail(textOtherFigures.With(made.Hash))
	}
	c.Say(textSameFigures.With(made.Data.Total.Queries, made.Data.Total.Blocked))
	return nil
}

// recompute computes the figures of a document again.
func recompute(c command.Call, off *offline.Offline, seal report.Seal, unit string) (*report.Model, error) {
	in := off.Config.Reports.Calendar(off.Config.Timezone.Location, time.Time{})
	period, err := figures.ParsePeriod(seal.Period, in)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	if !seal.AsOf.Equal(period.End) {
		now = seal.AsOf // it was provisional: made before the period was over, or nodes were missing
	}
	carried, err := Carried(off.Config)
	if err != nil {
		return nil, err
	}
	return Build(c, off, unit, seal.Document, period, carried, figures.Typed{}, now)
}

// sealOf finds the seal of a document. Figures in JSON have to have the hash that the
// document states.
func sealOf(file string) (seal report.Seal, err error) {
	info, err := os.Stat(file)
	if err != nil {
		return seal, err
	}
	if info.Size() > mostDocument {
		return seal, command.Fail(textNoSeal.With(file))
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return seal, err
	}
	if trimmed := bytes.TrimSpace(text); bytes.HasPrefix(trimmed, []byte("{")) {
		var m report.Model
		if json.Unmarshal(trimmed, &m) != nil || m.Data == nil {
			return seal, command.Fail(textNoSeal.With(file))
		}
		if got := report.HashOf(m.Data); got != m.Hash {
			return seal, command.Fail(textChanged.With(file, m.Hash, got))
		}
		return m.Seal(), nil
	}
	seal, ok := report.FindSeal([]byte(html.UnescapeString(string(text))))
	if archive, err := zip.NewReader(bytes.NewReader(text), int64(len(text))); err == nil && !ok {
		for _, part := range archive.File {
			if part.Name != "docProps/core.xml" {
				continue
			}
			if text, err = readPart(part); err != nil {
				return seal, command.Fail(textNoSeal.With(file))
			}
			seal, ok = report.FindSeal(text)
		}
	}
	if !ok {
		return seal, command.Fail(textNoSeal.With(file))
	}
	return seal, nil
}

func readPart(part *zip.File) ([]byte, error) {
	from, err := part.Open()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", part.Name, err)
	}
	defer from.Close()
	return io.ReadAll(io.LimitReader(from, 1<<20))
}
