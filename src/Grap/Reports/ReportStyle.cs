namespace Grap.Reports;

/// <summary>How the page looks.</summary>
internal static class ReportStyle
{
    public const string Text = """

        :root { color-scheme: light dark; --ink: #1d2129; --soft: #5c6470; --page: #fff; --card: #f4f6f8; --edge:
          #d9dee5;
          --good: #11703f; --warn: #8a5a00; --bad: #b3261e; --restore: #11703f; --structure: #2563b0; --checksum:
            #7aa7dc;
          --unproven: #9aa3af; --damaged: #b3261e; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e4e7ec; --soft: #9ba4b0; --page: #14171c; --card: #1e232b; --edge: #343b46;
            --good: #5cc98d; --warn: #e3b04b; --bad: #ff8a80; --restore: #5cc98d; --structure: #6aa5ea; --checksum:
              #3f6ea5;
            --unproven: #6b7480; --damaged: #ff8a80; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.45 system-ui, sans-serif; }
        main { max-width: 1100px; margin: 0 auto; padding: 16px; }
        h1 { font-size: 1.4rem; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; margin: 28px 0 8px; }
        p { margin: 6px 0; color: var(--soft); }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 10px; margin: 16px
          0; }
        .tile { background: var(--card); border: 1px solid var(--edge); border-left: 4px solid var(--edge);
          border-radius: 6px;
          padding: 10px 12px; }
        .tile b { display: block; font-size: 1.1rem; overflow-wrap: anywhere; } .tile span { color: var(--soft);
          font-size: .85rem; }
        .tile.good { border-left-color: var(--good); } .tile.warn { border-left-color: var(--warn); }
        .tile.bad { border-left-color: var(--bad); }
        .scroll { overflow-x: auto; border: 1px solid var(--edge); border-radius: 6px; }
        table { border-collapse: collapse; width: 100%; font-size: .88rem; }
        th, td { text-align: left; vertical-align: top; padding: 6px 10px; border-bottom: 1px solid var(--edge);
          white-space: nowrap; }
        td:last-child { white-space: normal; min-width: 18em; } th { background: var(--card); color: var(--soft);
          font-weight: 600; }
        .number { text-align: right; font-variant-numeric: tabular-nums; }
        .good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); } .tile { color:
          var(--ink); }
        figure { margin: 10px 0; background: var(--card); border: 1px solid var(--edge); border-radius: 6px; padding:
          8px; }
        svg { display: block; width: 100%; height: auto; overflow: visible; }
        svg text { fill: var(--soft); font: 11px system-ui,
          sans-serif; }
        @media (max-width: 600px) { svg text { font-size: 16px; } }
        svg text.title { fill: var(--ink); } svg text.end { text-anchor: end; } svg line { stroke: var(--edge); }
        polyline { fill: none; stroke: var(--structure); stroke-width: 1.5; } circle { fill: var(--structure); }
        rect.restore, .key.restore { fill: var(--restore); background: var(--restore); }
        rect.structure, .key.structure { fill: var(--structure); background: var(--structure); }
        rect.checksum, .key.checksum { fill: var(--checksum); background: var(--checksum); }
        rect.unproven, .key.unproven { fill: var(--unproven); background: var(--unproven); }
        rect.damaged, .key.damaged { fill: var(--damaged); background: var(--damaged); }
        figcaption { font-size: .82rem; color: var(--soft); } .key { display: inline-block; width: 10px; height: 10px;
          border-radius: 2px; margin: 0 4px 0 8px; }

        """;
}
