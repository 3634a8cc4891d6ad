// Draws the charts of 统计 from the cells of the tables below them. Without this only the tables are there.
(function () {
  "use strict";

  const MOST_LINES = 15; // a longer table is drawn by its first lines
  const LINE = 30, AROUND = 70, NARROW = 480;

  const css = window.getComputedStyle(document.documentElement);
  function token(name) { return css.getPropertyValue(name).trim(); }

  // Told apart without colour too: full, hatched, pale with an edge.
  function hatched(ink, ground) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const pen = tile.getContext("2d");
    pen.fillStyle = ground;
    pen.fillRect(0, 0, 8, 8);
    pen.strokeStyle = ink;
    pen.lineWidth = 2;
    pen.beginPath();
    [-8, 0, 8].forEach(function (x) {
      pen.moveTo(x, 8);
      pen.lineTo(x + 8, 0);
    });
    pen.stroke();
    return pen.createPattern(tile, "repeat");
  }
  const TONES = {
    brand: [token("--pf-brand"), token("--pf-brand")],
    red: [hatched(token("--pf-red"), token("--pf-red-l")), token("--pf-red")],
    amber: [token("--pf-amber-m"), token("--pf-amber")],
    grey: [token("--pf-grey-l"), token("--pf-field")],
  };

  function short(text, most) {
    return text.length > most ? text.slice(0, most - 1) + "…" : text;
  }

  function seriesOf(table, lines) {
    return Array.from(table.tHead.rows[0].cells).reduce(function (found, cell, at) {
      const tone = TONES[cell.dataset.series];
      if (!tone) return found;
      return found.concat({
        label: cell.textContent,
        data: lines.map(function (line) { return Number(line.cells[at].dataset.v); }),
        backgroundColor: tone[0],
        borderColor: tone[1],
        borderWidth: 1,
        maxBarThickness: 22,
      });
    }, []);
  }

  function draw(figure) {
    const table = document.getElementById(figure.dataset.table);
    const lines = Array.from(table.tBodies[0].rows).slice(0, MOST_LINES);
    const series = seriesOf(table, lines);
    if (figure.chart) figure.chart.destroy();
    figure.hidden = false;
    const canvas = figure.querySelector("canvas");
    const width = figure.clientWidth;
    canvas.width = width;
    canvas.height = lines.length * LINE + AROUND;
    figure.chart = new window.Chart(canvas, {
      type: "bar",
      data: {
        labels: lines.map(function (line) {
          return short(line.cells[0].textContent.trim(), width < NARROW ? 7 : 16);
        }),
        datasets: series,
      },
      options: {
        indexAxis: "y",
        // sized here once and again with the window: the library's own way writes style attributes
        responsive: false,
        animation: false,
        scales: {
          x: { stacked: true, beginAtZero: true, ticks: { precision: 0, maxTicksLimit: width < NARROW ? 4 : 8 } },
          y: { stacked: true, grid: { display: false } },
        },
        plugins: { legend: { display: series.length > 1, position: "bottom" } },
      },
    });
    // the style sheet sizes it: full width, height after its own proportions
    canvas.removeAttribute("style");
  }

  const figures = Array.from(document.querySelectorAll("figure.chart"));
  let waiting = 0;
  let drawn = 0;
  function drawAll() {
    if (document.documentElement.clientWidth === drawn) return;
    drawn = document.documentElement.clientWidth;
    figures.forEach(draw);
  }

  window.Chart.defaults.font.family = token("--pf-font");
  window.Chart.defaults.color = token("--pf-ink");
  window.Chart.defaults.borderColor = token("--pf-line-2");
  drawAll();
  window.addEventListener("resize", function () {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(drawAll, 200);
  });
})();
