package table

import (
	"slices"
	"strings"
)

// What a heading of the column of names is made of: one word for a site, or several
// with "and" between, then what is wrong with the sites or what is to be done.
// Anything else may be a column about names that has none: "Chủ thể tên miền",
// "Website chính thức", "Số tên miền".
var (
	siteWords = []string{
		"ten_mien", "domain", "domains", "domain_name", "domain_names", "domainname", "domain_address", "domainaddress", "fqdn",
		"url", "urls", "link", "links", "website", "websites", "web", "web_site", "site", "sites",
		"trang_web", "trang_website", "trang_mang", "trang", "trang_thong_tin", "trang_thong_tin_dien_tu", "trang_tin",
		"dia_chi_website", "dia_chi_web", "dia_chi_ten_mien", "dia_chi_trang_web", "dia_chi_trang", "dia_chi_url",
		"dia_chi_truy_cap", "dia_chi_internet", "dia_chi_trang_thong_tin_dien_tu",
		"ten_website", "ten_web", "ten_trang_web", "ten_trang", "ten_trang_thong_tin_dien_tu", "duong_link", "duong_dan", "lien_ket",
		"hostname", "host",
	}
	siteJoints  = []string{"va", "hoac", "hay", "or", "and"}
	siteDetails = []string{
		"vi_pham", "vi_pham_phap_luat", "lua_dao", "gia_mao", "doc_hai", "xau_doc", "xau", "doc", "nguy_hiem", "ma_doc", "phat_tan_ma_doc",
		"chan", "can_chan", "bi_chan", "phai_chan", "de_nghi_chan", "yeu_cau_chan", "can_ngan_chan", "ngan_chan", "de_nghi_ngan_chan",
		"yeu_cau_ngan_chan", "can_xu_ly", "can_chan_loc", "chan_loc", "co_bac", "ca_do", "ca_cuoc", "khieu_dam", "doi_truy", "phan_dong",
		"canh_bao", "co_noi_dung_xau", "co_noi_dung_vi_pham", "co_noi_dung_xau_doc", "noi_dung_vi_pham", "can_go_bo", "truc_tuyen", "phat_hien",
		"blocked", "to_block", "malicious",
	}
)

// namesSites reports whether a heading, as ColumnName writes it, is that of the
// column of names.
func namesSites(heading string) bool {
	rest, sites := heading, 0
	for {
		after, ok := cutWord(rest, siteWords)
		if !ok {
			break
		}
		sites++
		if rest = after; rest == "" {
			return true
		}
		if after, ok := cutWord(rest, siteJoints); ok {
			rest = after
		}
	}
	for sites > 0 && rest != "" {
		after, ok := cutWord(rest, append(siteDetails, siteJoints...))
		if !ok {
			return false
		}
		rest = after
	}
	return sites > 0
}

// cutWord cuts the longest of words off the beginning.
func cutWord(text string, words []string) (rest string, ok bool) {
	for end := len(text); end > 0; end = strings.LastIndexByte(text[:end], '_') {
		if slices.Contains(words, text[:end]) {
			return strings.TrimPrefix(text[end:], "_"), true
		}
	}
	return text, false
}
