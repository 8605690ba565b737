// SPDX-License-Identifier: Apache-2.0
"use strict";
// Everything stands on the page without this: it only hides rows of records that a reader does not look for, and opens what a link leads to.
(function () {
	const field = document.getElementById("f"), cited = document.getElementById("fc"), count = document.getElementById("fn");
	if (!field)
		return;
	const rows = Array.from(document.querySelectorAll("#s-records tbody tr"));
	const texts = rows.map(function (row) { return row.textContent.toLowerCase(); });
	function show() {
		const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
		let shown = 0;
		rows.forEach(function (row, i) {
			const wanted = (!cited.checked || row.classList.contains("c")) && words.every(function (word) { return texts[i].includes(word); });
			row.hidden = !wanted;
			shown += wanted;
		});
		count.textContent = shown + " / " + rows.length;
	}
	function reveal() {
		const row = document.getElementById(location.hash.slice(1));
		if (!row || !row.hidden)
			return;
		field.value = "";
		cited.checked = false;
		show();
		row.scrollIntoView();
	}
	field.closest("p").hidden = false;
	field.addEventListener("input", show);
	field.addEventListener("keydown", function (event) {
		if (event.key !== "Escape")
			return;
		field.value = "";
		show();
	});
	cited.addEventListener("change", show);
	window.addEventListener("hashchange", reveal);
	show();
	reveal();
})();
