package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// What pages look like, by Chromium, for documents: each in the light and the dark look, on
// a phone and on a wide screen.

// screens are the pages, and as whom they are looked at.
var screens = [...]struct{ name, who, path string }{
	{"login", "", "/login"},
	{"home-school", "thay-minh", "/"},
	{"home-commune", "co-hoa", "/"},
	{"requests", "thay-minh", "/requests"},
	{"explain", "thay-minh", "/explain?name=games-1.example&unit=sa-pa-thcs-1"},
	{"units", "co-hoa", "/units"},
	{"unit", "thay-minh", "/units/sa-pa-thcs-1"},
	{"exceptions", "thay-minh", "/exceptions"},
	{"figures", "doan-kiem-tra", "/figures?unit=lao-cai&days=7"},
	{"lists", operator, "/lists"},
	{"orders", "doan-kiem-tra", "/orders"},
	{"reports", "co-hoa", "/reports"},
	{"report", "co-hoa", "/reports/write?unit=sa-pa&period=tháng+này"},
	{"calendar", operator, "/calendar?unit=sa-pa-thcs-1"},
	{"nodes", operator, "/nodes"},
	{"ledger", "doan-kiem-tra", "/ledger"},
	{"account", "thay-minh", "/account"},
}

// looks are those of a style sheet, as Chromium numbers them.
var looks = [...]struct {
	name   string
	scheme int
}{{"light", 1}, {"dark", 0}}

// widths are of a phone and of a wide screen, in pixels.
var widths = [...]int{360, 1280}

// takeScreens writes them to a folder.
func (s *server) takeScreens(ctx context.Context, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	for _, p := range screens {
		page, err := s.page(ctx, p.who, p.path)
		if err != nil {
			return err
		}
		file := filepath.Join(s.dir, "page.html")
		if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
			return fmt.Errorf("keep a page: %w", err)
		}
		for _, look := range looks {
			for _, width := range widths {
				name := fmt.Sprintf("%s-%s-%d.png", p.name, look.name, width)
				if err := photograph(ctx, file, look.scheme, width, filepath.Join(dir, name)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// page is a page as somebody sees it, with its style sheet inside: a file of its own.
func (s *server) page(ctx context.Context, who, path string) (string, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return "", fmt.Errorf("make a jar: %w", err)
	}
	browser := &http.Client{Jar: jar, Timeout: 30 * time.Second}
	if strong := s.strong[who]; strong != nil {
		browser = strong
	} else if who != "" {
		if _, err := s.fetch(ctx, browser, "/login", url.Values{"name": {who}, "password": {password}}); err != nil {
			return "", err
		}
	}
	style, err := s.fetch(ctx, browser, "/style.css", nil)
	if err != nil {
		return "", err
	}
	page, err := s.fetch(ctx, browser, path, nil)
	for range 20 { // a page that says that figures are being added up has them a little later
		if err != nil || !strings.Contains(page, "Look again") {
			break
		}
		page, err = s.fetch(ctx, browser, path, nil)
	}
	return strings.Replace(page, `<link rel="stylesheet" href="/style.css">`, "<style>"+style+"</style>", 1), err
}

// fetch gets a page, or sends a form if there is one.
func (s *server) fetch(ctx context.Context, browser *http.Client, path string, form url.Values) (string, error) {
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(ctx, method, s.at+path, strings.NewReader(form.Encode()))
	if err != nil {
		return "", fmt.Errorf("ask for %s: %w", path, err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := browser.Do(r)
	if err != nil {
		return "", fmt.Errorf("ask for %s: %w", path, err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("ask for %s: %s, %w", path, answer.Status, err)
	}
	return string(text), nil
}

// tallest is the height of the window, in pixels: what is longer is cut.
const tallest = 1700

// photograph has Chromium draw a file.
func photograph(ctx context.Context, file string, scheme, width int, to string) error {
	raw := file + ".png"
	args := []string{
		"--headless", "--disable-gpu", "--hide-scrollbars", "--blink-settings=preferredColorScheme=" + strconv.Itoa(scheme),
		fmt.Sprintf("--window-size=%d,%d", width, tallest), "--screenshot=" + raw, "file://" + file,
	}
	if os.Geteuid() == 0 {
		args = append([]string{"--no-sandbox"}, args...)
	}
	if out, err := exec.CommandContext(ctx, "chromium", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("draw %s: %w\n%s", to, err, out)
	}
	return shrink(raw, to)
}
