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

// The updater looks at files and directories twice a second instead of asking the
// kernel for events. A look is one system call a file, and it sees a file that
// was written, replaced by renaming, or switched by a link, also on network file
// systems, which send no events.

// watchEvery is the time between two looks.
const watchEvery = 500 * time.Millisecond

// A watched feed is used by watch alone.
type watched struct {
	name   string
	files  settling // the list, if it is on this machine
	status settling // the status of the feed, which another process may change
}

// watchedFeeds returns the feeds, with their files as they are now.
func (u *Updater) watchedFeeds() (feeds []*watched) {
	for _, f := range u.feeds {
		w := &watched{
			name: f.Name, files: newSettling(f.localPaths()),
			status: newSettling([]string{filepath.Join(u.store.dir(f.Name), statusFile)}),
		}
		if status, err := u.store.Status(f.Name); err == nil {
			u.setCopy(f.Name, status.Copy.inForce())
		}
		feeds = append(feeds, w)
	}
	return feeds
}

// localPaths returns the files of a source on this machine: the list, its
// signature and its digest.
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

// watch asks for an update of each feed whose files have changed, and calls
// changed for each whose copy has, until ctx ends.
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
				u.note(u.asked, w.name)
			}
			if !w.status.changed() {
				continue
			}
			status, news, err := u.readCopy(w.name)
			if err != nil {
				continue
			}
			// Another process may have approved, rolled back or fetched a version.
			fetched := status.Failure == Failure{} && u.setFailing(w.name, false)
			if news || fetched {
				u.changed(w.name)
			}
		}
	}
}

// A settling watches files that may be in the midst of being written: a change
// counts once they are the same at two looks in a row.
type settling struct {
	paths []string
	last  string // what the last look saw
	taken string // what the last change brought
}

// newSettling takes the files as they are now.
func newSettling(paths []string) settling {
	now := look(paths)
	return settling{paths: paths, last: now, taken: now}
}

// changed reports, once for each change, that the files have changed and settled
// since.
func (s *settling) changed() bool {
	now := look(s.paths)
	settled := now == s.last
	s.last = now
	if !settled || now == s.taken {
		return false
	}
	s.taken = now
	return true
}

// look describes files, and the lists in directories, without reading them.
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
