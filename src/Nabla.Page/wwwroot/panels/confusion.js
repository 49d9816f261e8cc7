// How many samples of each class were taken for each: a table, whose shades say the same as its numbers.

/**
 * @param table A table element.
 * @param counts Row by row: of each class, how many were taken for each.
 * @param names Names of the classes; null for digits.
 */
export function showConfusion(table, counts, names = null) {
  const size = Math.sqrt(counts.length), nameOf = i => names?.[i] ?? String(i);
  if (table.rows.length !== size + 1) build(table, size);
  for (let actual = 0; actual < size; actual++) {
    const row = table.rows[actual + 1], all = counts.slice(actual * size, (actual + 1) * size).reduce((sum, count) => sum + count, 0);
    row.cells[0].textContent = table.rows[0].cells[actual + 1].textContent = nameOf(actual);
    for (let predicted = 0; predicted < size; predicted++) {
      const cell = row.cells[predicted + 1], count = counts[actual * size + predicted];
      cell.textContent = count || '';
      cell.classList.toggle('right', actual === predicted);
      cell.style.setProperty('--share', all === 0 ? 0 : Math.sqrt(count / all));
    }
  }
}

function build(table, size) {
  table.replaceChildren();
  table.createCaption().textContent = 'Rows: what it is. Columns: what it was taken for.';
  for (let i = 0; i <= size; i++) {
    const row = table.insertRow();
    for (let j = 0; j <= size; j++) {
      const cell = document.createElement((i === 0) !== (j === 0) ? 'th' : 'td');
      if (i === 0 && j > 0) cell.scope = 'col';
      if (j === 0 && i > 0) cell.scope = 'row';
      row.append(cell);
    }
  }
}
