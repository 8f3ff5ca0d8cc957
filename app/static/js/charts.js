/* Draws the charts from the data of their cards; without it the tables stand there. */
(function () {
  "use strict";
  var doc = document;
  var echarts = window.echarts;
  if (!echarts) { return; }
  var ROW = 34, EDGE = 56, COLUMNS = 260;
  /* The second series is hatched, so that colour is never alone. */
  var HATCH = { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [3, 4], rotation: -Math.PI / 4, color: "rgba(255, 255, 255, .75)" };

  function token(name) { return getComputedStyle(doc.documentElement).getPropertyValue(name).trim(); }

  function series(data) {
    var colours = [token("--primary-btn"), token("--warn")];
    return data.series.map(function (one, place) {
      return {
        name: one.name, type: "bar", data: one.values, barMaxWidth: 26, cursor: one.urls.some(Boolean) ? "pointer" : "default",
        stack: data.shape === "stacked" ? "all" : undefined,
        itemStyle: { color: colours[place % 2], borderRadius: 2, decal: place ? HATCH : undefined },
        label: { show: data.shape !== "stacked", position: data.shape === "columns" ? "top" : "right", color: token("--ink-2") }
      };
    });
  }

  function option(data) {
    var words = { color: token("--ink-2"), fontFamily: getComputedStyle(doc.body).fontFamily };
    var names = { type: "category", data: data.labels, axisTick: { show: false }, axisLabel: words, axisLine: { lineStyle: { color: token("--control") } } };
    var numbers = { type: "value", minInterval: 1, axisLabel: words, splitLine: { lineStyle: { color: token("--line") } } };
    var upright = data.shape === "columns";
    names.inverse = !upright;
    return {
      animation: false,
      aria: { enabled: true, label: { description: data.title } },
      textStyle: words,
      legend: { show: data.series.length > 1, top: 0, left: 0, textStyle: words, selectedMode: false },
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, renderMode: "richText", confine: true },
      grid: { left: 4, right: 44, top: data.series.length > 1 ? 34 : 14, bottom: 4, containLabel: true },
      xAxis: upright ? names : numbers,
      yAxis: upright ? numbers : names,
      series: series(data)
    };
  }

  function draw(card) {
    var data = JSON.parse(card.getAttribute("data-chart"));
    var plot = card.querySelector(".plot");
    var many = data.labels.length * (data.shape === "bars" ? data.series.length : 1);
    plot.hidden = false;
    plot.style.height = (data.shape === "columns" ? COLUMNS : Math.max(200, many * ROW * 0.8 + EDGE)) + "px";
    card.querySelector(".table-wrap").hidden = true;
    var chart = echarts.init(plot, null, { renderer: "canvas" });
    chart.setOption(option(data));
    /* A bar opens its cases. */
    chart.on("click", function (e) {
      var url = data.series[e.seriesIndex].urls[e.dataIndex];
      if (url) { window.location.href = url; }
    });
    window.addEventListener("resize", function () { chart.resize(); });
  }

  Array.prototype.forEach.call(doc.querySelectorAll(".chart .seg"), function (links) { links.hidden = false; });
  Array.prototype.forEach.call(doc.querySelectorAll("[data-chart]"), draw);
})();
