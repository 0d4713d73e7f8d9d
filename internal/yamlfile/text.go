package yamlfile

import (
	"encoding"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// isText reports whether v is read from a single value whatever its kind is.
func isText(v reflect.Value) bool {
	switch v.Addr().Interface().(type) {
	case *time.Duration, encoding.TextUnmarshaler:
		return true
	}
	return false
}

// setText sets v from a single value.
func setText(v reflect.Value, text string) error {
	switch p := v.Addr().Interface().(type) {
	case *time.Duration:
		t, err := duration(text)
		if err == nil {
			*p = t
		}
		return err
	case encoding.TextUnmarshaler:
		return unmarshal(v, text)
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
		return nil
	case reflect.Bool:
		return setBool(v, text)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return setInt(v, text)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return setUint(v, text)
	case reflect.Float32, reflect.Float64:
		return setFloat(v, text)
	}
	return fmt.Errorf("read a value into a %s: no such type in a file", v.Type())
}

// unmarshal has the type read the text, and says plainly what the types of
// net/netip refuse. A text that is refused leaves v as it was.
func unmarshal(v reflect.Value, text string) error {
	read := reflect.New(v.Type())
	err := read.Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text))
	if err == nil {
		v.Set(read.Elem())
		return nil
	}
	switch read.Interface().(type) {
	case *netip.Prefix:
		return Problem{Text: textWantPrefix.With(text)}
	case *netip.Addr:
		return Problem{Text: textWantAddr.With(text)}
	case *netip.AddrPort:
		return Problem{Text: textWantPort.With(text)}
	}
	return err
}

func setBool(v reflect.Value, text string) error {
	switch strings.ToLower(text) {
	case "true", "yes", "on":
		v.SetBool(true)
	case "false", "no", "off":
		v.SetBool(false)
	default:
		return Problem{Text: textWantBool.With(text)}
	}
	return nil
}

func setInt(v reflect.Value, text string) error {
	bits := v.Type().Bits()
	n, err := strconv.ParseInt(text, 10, bits)
	if errors.Is(err, strconv.ErrRange) {
		largest := int64(math.MaxInt64 >> (64 - bits))
		return Problem{Text: textWantRange.With(text, -largest-1, largest)}
	} else if err != nil {
		return Problem{Text: textWantInt.With(text)}
	}
	v.SetInt(n)
	return nil
}

func setUint(v reflect.Value, text string) error {
	bits := v.Type().Bits()
	n, err := strconv.ParseUint(text, 10, bits)
	if err != nil {
		return Problem{Text: textWantRange.With(text, 0, uint64(math.MaxUint64>>(64-bits)))}
	}
	v.SetUint(n)
	return nil
}

func setFloat(v reflect.Value, text string) error {
	f, err := strconv.ParseFloat(text, v.Type().Bits())
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return Problem{Text: textWantFloat.With(text)}
	}
	v.SetFloat(f)
	return nil
}
