package source

import (
	"encoding/binary"
	"hash/crc32"
	"reflect"
)

// Units as bytes, for Kept: of each struct a mask of the fields that say something,
// then these. Lines count from the line on which the piece begins.

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// encodeUnits is a piece that begins on a line.
func encodeUnits(units []Unit, line int) string {
	e := codec{line: int64(line), lines: map[reflect.Type][]bool{}}
	e.encode(reflect.ValueOf(units))
	return string(e.data)
}

// decodeUnits reads what encodeUnits has made, for a piece that begins on another line.
func decodeUnits(text string, line int) (units []Unit, ok bool) {
	d := codec{line: int64(line), lines: map[reflect.Type][]bool{}, text: text}
	d.decode(reflect.ValueOf(&units).Elem())
	return units, !d.wrong && len(d.text) == 0
}

type codec struct {
	line  int64
	lines map[reflect.Type][]bool // of a struct: which fields are lines
	data  []byte                  // that were encoded
	text  string                  // still to be decoded
	wrong bool
}

// linesOf reports which fields of a struct are lines of the file.
func (c *codec) linesOf(t reflect.Type) []bool {
	lines, known := c.lines[t]
	if !known {
		for i := range t.NumField() {
			lines = append(lines, t.Field(i).Name == "Line")
		}
		c.lines[t] = lines
	}
	return lines
}

func (c *codec) encode(v reflect.Value) {
	if m, is := v.Interface().(Moment); is {
		c.text = m.String()
		c.data = append(binary.AppendUvarint(c.data, uint64(len(c.text))), c.text...)
		return
	}
	switch v.Kind() {
	case reflect.String:
		c.data = append(binary.AppendUvarint(c.data, uint64(v.Len())), v.String()...)
	case reflect.Bool:
		c.data = append(c.data, 1) // only what says something is encoded
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		c.data = binary.AppendVarint(c.data, v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		c.data = binary.AppendUvarint(c.data, v.Uint())
	case reflect.Pointer:
		c.encode(v.Elem())
	case reflect.Slice:
		c.data = binary.AppendUvarint(c.data, uint64(v.Len()))
		for i := range v.Len() {
			c.encode(v.Index(i))
		}
	case reflect.Struct:
		c.encodeStruct(v)
	default:
		panic("units have no " + v.Type().String()) // TestUnitsAreKeptWhole
	}
}

func (c *codec) encodeStruct(v reflect.Value) {
	mask := uint64(0)
	for i := range v.NumField() {
		if !v.Field(i).IsZero() {
			mask |= 1 << i
		}
	}
	c.data = binary.AppendUvarint(c.data, mask)
	lines := c.linesOf(v.Type())
	for i := range v.NumField() {
		switch {
		case mask>>i&1 == 0:
		case lines[i]:
			c.data = binary.AppendVarint(c.data, v.Field(i).Int()-c.line)
		default:
			c.encode(v.Field(i))
		}
	}
}

func (c *codec) decode(v reflect.Value) {
	if m, is := v.Addr().Interface().(*Moment); is {
		c.wrong = m.UnmarshalText([]byte(c.string())) != nil || c.wrong
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(c.string())
	case reflect.Bool:
		c.take(1)
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(c.signed())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(c.unsigned())
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		c.decode(v.Elem())
	case reflect.Slice:
		count := c.unsigned()
		if count > uint64(len(c.text)) { // each takes a byte at least
			c.wrong = true
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), int(count), int(count)))
		for i := 0; i < int(count) && !c.wrong; i++ {
			c.decode(v.Index(i))
		}
	case reflect.Struct:
		mask, lines := c.unsigned(), c.linesOf(v.Type())
		for i := 0; i < v.NumField() && !c.wrong; i++ {
			switch {
			case mask>>i&1 == 0:
			case lines[i]:
				v.Field(i).SetInt(c.signed() + c.line)
			default:
				c.decode(v.Field(i))
			}
		}
	}
}

// take takes bytes off the text.
func (c *codec) take(count uint64) string {
	if count > uint64(len(c.text)) {
		c.wrong, c.text = true, ""
		return ""
	}
	taken := c.text[:count]
	c.text = c.text[count:]
	return taken
}

func (c *codec) string() string { return c.take(c.unsigned()) }

func (c *codec) unsigned() (n uint64) {
	for shift := 0; shift < 64; shift += 7 {
		b := c.take(1)
		if b == "" {
			return 0
		}
		n |= uint64(b[0]&0x7f) << shift
		if b[0] < 0x80 {
			return n
		}
	}
	c.wrong = true
	return 0
}

func (c *codec) signed() int64 {
	n := c.unsigned()
	return int64(n>>1) ^ -int64(n&1)
}
