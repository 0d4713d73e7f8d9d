package ship

import (
	"fmt"
	"math"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"google.golang.org/protobuf/encoding/protowire"

	"lachan/metrics"
)

// A request is a WriteRequest of remote write 1.0 in the making:
//
//	message WriteRequest { repeated TimeSeries timeseries = 1; }
//	message TimeSeries   { repeated Label labels = 1; repeated Sample samples = 2; }
//	message Label        { string name = 1; string value = 2; }
//	message Sample       { double value = 1; int64 timestamp = 2; }
type request struct {
	body    []byte
	samples int
	series  []byte // the one that is being added
}

// add adds a series, of each stretch of time the last sample. An edge belongs to the
// stretch that ends there.
func (r *request) add(l labels.Labels, it chunkenc.Iterator, every time.Duration) error {
	r.begin(l)
	before := r.samples
	stretch := func(at int64) int64 { return (at - 1) / every.Milliseconds() }
	var at int64
	var v float64
	any := false
	for kind := it.Next(); kind != chunkenc.ValNone; kind = it.Next() {
		if kind != chunkenc.ValFloat {
			return fmt.Errorf("series %s has samples of kind %s", l, kind)
		}
		nextAt, nextV := it.At()
		if any && stretch(nextAt) != stretch(at) {
			r.sample(at, v)
		}
		at, v, any = nextAt, nextV, true
	}
	if err := it.Err(); err != nil {
		return fmt.Errorf("series %s: %w", l, err)
	}
	if any {
		r.sample(at, v)
	}
	if r.samples > before {
		r.end()
	}
	return nil
}

// mark adds that all history of the node until then has been sent. It is sent
// after that history.
func (r *request) mark(node string, until int64) {
	r.begin(labels.FromStrings(model.MetricNameLabel, metrics.HistoryShipped, "node", node))
	r.sample(until, float64(until)/1000)
	r.end()
}

func (r *request) begin(l labels.Labels) {
	r.series = r.series[:0]
	l.Range(func(l labels.Label) {
		size := protowire.SizeTag(1) + protowire.SizeBytes(len(l.Name)) +
			protowire.SizeTag(2) + protowire.SizeBytes(len(l.Value))
		r.series = protowire.AppendTag(r.series, 1, protowire.BytesType)
		r.series = protowire.AppendVarint(r.series, uint64(size))
		r.series = protowire.AppendString(protowire.AppendTag(r.series, 1, protowire.BytesType), l.Name)
		r.series = protowire.AppendString(protowire.AppendTag(r.series, 2, protowire.BytesType), l.Value)
	})
}

func (r *request) sample(at int64, v float64) {
	size := protowire.SizeTag(1) + protowire.SizeFixed64() + protowire.SizeTag(2) + protowire.SizeVarint(uint64(at))
	r.series = protowire.AppendTag(r.series, 2, protowire.BytesType)
	r.series = protowire.AppendVarint(r.series, uint64(size))
	r.series = protowire.AppendFixed64(protowire.AppendTag(r.series, 1, protowire.Fixed64Type), math.Float64bits(v))
	r.series = protowire.AppendVarint(protowire.AppendTag(r.series, 2, protowire.VarintType), uint64(at))
	r.samples++
}

func (r *request) end() {
	r.body = protowire.AppendTag(r.body, 1, protowire.BytesType)
	r.body = protowire.AppendBytes(r.body, r.series)
}
