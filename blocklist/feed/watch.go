package feed

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Files and directories are looked at twice a second rather than watched
// through the kernel: a look is one call of the system for a file, and it sees
// alike what was written, renamed over or switched by a link, on a network's
// disk too, where notices do not come.

// watchEvery is the time between two looks. What differs is taken when it has
// stood still from one look to the next.
const watchEvery = 500 * time.Millisecond

// A watched feed is one of files on this machine. It belongs to watch.
type watched struct {
	name  string
	paths []string
	last  string // what the last look saw
	taken string // what was there when an update was last asked for
}

// watchedFeeds are the feeds of files, as they are now.
func (u *Updater) watchedFeeds() (feeds []*watched) {
	for _, f := range u.feeds {
		if paths := f.localPaths(); len(paths) > 0 {
			now := look(paths)
			feeds = append(feeds, &watched{name: f.Name, paths: paths, last: now, taken: now})
		}
	}
	return feeds
}

// localPaths are the files of a source that lies on this machine: the list and
// what proves it.
func (s *Source) localPaths() (paths []string) {
	file, local := localPath(s.URL)
	if !local {
		return nil
	}
	paths = []string{file}
	if len(s.Keys) > 0 {
		paths = append(paths, signatureOf(file))
	}
	if digest, local := localPath(s.SHA256URL); local && digest != "" {
		paths = append(paths, digest)
	}
	return paths
}

// watch asks for an update of each feed whose files have changed, until ctx
// ends.
func (u *Updater) watch(ctx context.Context, feeds []*watched) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, w := range feeds {
			if w.changed() {
				u.ask(w.name)
			}
		}
	}
}

// changed tells, once, whether the files are others than were taken and have
// come to rest.
func (w *watched) changed() bool {
	now := look(w.paths)
	rests := now == w.last
	w.last = now
	if !rests || now == w.taken {
		return false
	}
	w.taken = now
	return true
}

// look is what can be seen of files, and of the lists in directories, without
// reading them.
func look(paths []string) string {
	var b strings.Builder
	see := func(path string, info fs.FileInfo, err error) {
		if err != nil {
			fmt.Fprintf(&b, "%q none\n", path)
			return
		}
		inode := uint64(0)
		if stat, ok := info.Sys().(*syscall.Stat_t); ok {
			inode = uint64(stat.Ino)
		}
		fmt.Fprintf(&b, "%q %d %d %d\n", path, inode, info.Size(), info.ModTime().UnixNano())
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil || !info.IsDir() {
			see(path, info, err)
			continue
		}
		files, err := listFiles(path)
		if err != nil {
			see(path, nil, err)
		}
		for _, info := range files {
			see(filepath.Join(path, info.Name()), info, nil)
		}
	}
	return b.String()
}
