package main

import (
	"cmp"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"slices"
)

// shrink writes a picture of a page without the empty rows below it, in at most 64 colours:
// a quarter of the size, and hardly a difference.
func shrink(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("open a picture: %w", err)
	}
	defer in.Close()
	picture, err := png.Decode(in)
	if err != nil {
		return fmt.Errorf("read a picture: %w", err)
	}
	whole := picture.Bounds()
	whole.Max.Y = min(whole.Max.Y, lastRow(picture)+24)
	small := image.NewPaletted(whole, palette(picture, whole))
	places := make(map[color.Color]uint8)
	for y := whole.Min.Y; y < whole.Max.Y; y++ {
		for x := whole.Min.X; x < whole.Max.X; x++ {
			c := picture.At(x, y)
			place, known := places[c]
			if !known {
				place = uint8(small.Palette.Index(c))
				places[c] = place
			}
			small.SetColorIndex(x, y, place)
		}
	}
	out, err := os.Create(to)
	if err != nil {
		return fmt.Errorf("write a picture: %w", err)
	}
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := errors.Join(encoder.Encode(out, small), out.Close()); err != nil {
		return fmt.Errorf("write %s: %w", to, err)
	}
	return nil
}

// lastRow is the lowest row that is not all of one colour.
func lastRow(p image.Image) int {
	b := p.Bounds()
	for y := b.Max.Y - 1; y > b.Min.Y; y-- {
		for x := b.Min.X; x < b.Max.X; x++ {
			if p.At(x, y) != p.At(b.Min.X, y) {
				return y
			}
		}
	}
	return b.Min.Y
}

// mostColours is how many colours a picture has.
const mostColours = 64

// palette is the colours that are there most.
func palette(p image.Image, within image.Rectangle) color.Palette {
	often := make(map[color.Color]int)
	for y := within.Min.Y; y < within.Max.Y; y++ {
		for x := within.Min.X; x < within.Max.X; x++ {
			often[p.At(x, y)]++
		}
	}
	colours := slices.SortedFunc(maps.Keys(often), func(a, b color.Color) int {
		return cmp.Or(cmp.Compare(often[b], often[a]), compareColours(a, b))
	})
	return colours[:min(mostColours, len(colours))]
}

// compareColours orders colours, so that the same page makes the same bytes.
func compareColours(a, b color.Color) int {
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	return cmp.Or(cmp.Compare(ar, br), cmp.Compare(ag, bg), cmp.Compare(ab, bb))
}
