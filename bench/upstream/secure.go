//go:build linux

package main

import (
	"crypto/tls"
	"encoding/base64"
	"io"
	"net/http"
	"strconv"
)

// secure answers over TLS at one address and over HTTPS at another, for forwarders that ask so.
func secure(dot, doh, cert, key string) error {
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return err
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}}
	listener, err := tls.Listen("tcp", dot, config)
	if err != nil {
		return err
	}
	go accept(listener)
	return http.ListenAndServeTLS(doh, cert, key, http.HandlerFunc(overHTTPS))
}

// overHTTPS answers a question of RFC 8484.
func overHTTPS(w http.ResponseWriter, r *http.Request) {
	room := make([]byte, packetOctets)
	var n int
	if r.Method == http.MethodPost {
		n, _ = io.ReadFull(r.Body, room) // a question is shorter
	} else {
		text, err := base64.RawURLEncoding.DecodeString(r.URL.Query().Get("dns"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		n = copy(room, text)
	}
	reply := answer(room, n)
	w.Header().Set("Content-Type", "application/dns-message")
	w.Header().Set("Content-Length", strconv.Itoa(len(reply)))
	_, _ = w.Write(reply) // who has gone needs none
}
