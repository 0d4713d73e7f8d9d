package eventloop

import (
	"bytes"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The kernel finds the second message of a batch by the size that C gives them.
func TestMessagesAreAsFarApartAsInC(t *testing.T) {
	const pointer = unsafe.Sizeof(uintptr(0))
	want := (unix.SizeofMsghdr + unsafe.Sizeof(uint32(0)) + pointer - 1) / pointer * pointer
	if got := unsafe.Sizeof(Message{}); got != want {
		t.Errorf("%d bytes, struct mmsghdr has %d", got, want)
	}
	if got := unsafe.Offsetof(Message{}.Len); got != unix.SizeofMsghdr {
		t.Errorf("msg_len at %d, want %d", got, unix.SizeofMsghdr)
	}
}

func TestABatchIsSentAndReceivedWhole(t *testing.T) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pair[0])
	defer unix.Close(pair[1])
	packets := [][]byte{[]byte("first"), []byte("2nd"), []byte("the third")}
	batch := func(room ...[]byte) []Message {
		messages := make([]Message, len(room))
		for i, b := range room {
			v := &unix.Iovec{Base: &b[0]}
			v.SetLen(len(b))
			messages[i].Iov = v
			messages[i].SetIovlen(1)
		}
		return messages
	}
	if n, errno := Send(pair[0], batch(packets...)); n != len(packets) || errno != 0 {
		t.Fatalf("%d sent, %v", n, errno)
	}
	room := [][]byte{make([]byte, 64), make([]byte, 64), make([]byte, 64), make([]byte, 64)}
	received := batch(room...)
	n, errno := Receive(pair[1], received)
	if n != len(packets) || errno != 0 {
		t.Fatalf("%d received, %v", n, errno)
	}
	for i, want := range packets {
		if got := room[i][:received[i].Len]; !bytes.Equal(got, want) {
			t.Errorf("packet %d: %q, want %q", i, got, want)
		}
	}
	if n, errno := Receive(pair[1], received); n != 0 || errno != unix.EAGAIN {
		t.Errorf("%d received of none, %v", n, errno)
	}
}
