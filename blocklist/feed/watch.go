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

// A watched feed belongs to watch.
type watched struct {
	name   string
	files  rest // of the list, where it lies on this machine
	status rest // of what is known of the feed, which another process may change
}

// watchedFeeds are the feeds, with their files as they are now.
func (u *Updater) watchedFeeds() (feeds []*watched) {
	for _, f := range u.feeds {
		w := &watched{
			name: f.Name, files: resting(f.localPaths()),
			status: resting([]string{filepath.Join(u.store.dir(f.Name), statusFile)}),
		}
		if status, err := u.store.Status(f.Name); err == nil {
			u.setCopy(f.Name, status.Copy.Digest)
		}
		feeds = append(feeds, w)
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

// watch asks for an update of each feed whose files have changed, and tells of
// each whose copy has, until ctx ends.
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
			if w.files.changed() {
				u.ask(w.name)
			}
			if !w.status.changed() {
				continue
			}
			status, err := u.store.Status(w.name)
			if err != nil {
				continue
			}
			// Somebody may have approved a version, gone back from one or fetched it.
			fetched := status.Failure == Failure{} && u.setFailing(w.name, false)
			if u.setCopy(w.name, status.Copy.Digest) || fetched {
				u.changed(w.name)
			}
		}
	}
}

// A rest is files that are looked at until they come to rest.
type rest struct {
	paths []string
	last  string // what the last look saw
	taken string // what was there when they last rested
}

func resting(paths []string) rest {
	now := look(paths)
	return rest{paths: paths, last: now, taken: now}
}

// changed tells, once, whether the files are others than before and have come
// to rest.
func (r *rest) changed() bool {
	now := look(r.paths)
	rests := now == r.last
	r.last = now
	if !rests || now == r.taken {
		return false
	}
	r.taken = now
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
