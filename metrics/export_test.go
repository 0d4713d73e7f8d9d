package metrics

// Sealed gives b a checksum that is right.
func Sealed(b []byte) []byte { return sealed(append([]byte(nil), b...)) }
