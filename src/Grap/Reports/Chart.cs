using System.Globalization;

namespace Grap.Reports;

/// <summary>One point of a chart.</summary>
internal readonly record struct ChartPoint(DateTimeOffset Time, double Value);

/// <summary>
/// Charts as SVG within the page: no script, and never more than a few hundred shapes, however many backups there are.
/// Time is cut into as many pieces as the chart has columns; of the points in a piece the largest is shown.
/// </summary>
internal static class Chart
{
    private const int Width = 720;
    private const int Height = 150;
    private const int Columns = 240;
    private const int Left = 4, Right = 4, Top = 18, Bottom = 18;

    /// <summary>Bars that stand for what happened in each piece of time, one colour above the other.</summary>
    /// <param name="html">Takes it.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="series">Class of the colour, name, and the times of what is counted.</param>
    public static void Bars(
        HtmlText html, string title,
        IReadOnlyList<(string Kind, string Name, IReadOnlyList<DateTimeOffset> Times)> series)
    {
        var times = series.SelectMany(static one => one.Times).ToList();
        if (times.Count == 0)
            return;
        var span = new Span(times.Min(), times.Max());
        var counts = series.Select(one => Counts(one.Times, span)).ToList();
        var most = Enumerable.Range(0, Columns).Max(column => counts.Sum(one => one[column]));
        Begin(html, title, span, Readable.Count(most));
        var wide = (double)(Width - Left - Right) / Columns;
        for (var column = 0; column < Columns; column++)
        {
            double below = Height - Bottom;
            for (var one = 0; one < series.Count; one++)
            {
                if (counts[one][column] is not (> 0 and var count))
                    continue;
                var high = count * (double)(Height - Top - Bottom) / most;
                below -= high;
                html.Raw($"<rect class=\"{series[one].Kind}\" x=\"{Left + (column * wide):0.#}\" y=\"{below:0.#}\" ")
                    .Raw($"width=\"{Math.Max(1, wide - 0.6):0.#}\" height=\"{high:0.#}\"><title>")
                    .Raw($"{span.Name(column)}: {count} {HtmlText.Encode(series[one].Name)}</title></rect>");
            }
        }
        html.Raw($"</svg>\n<figcaption>");
        foreach (var (kind, name, _) in series.Where(static one => one.Times.Count > 0))
            html.Raw($"<span class=\"key {kind}\"></span>{HtmlText.Encode(name)} ");
        html.Raw($"</figcaption></figure>\n");
    }

    /// <summary>A line with a dot for each piece of time that has a point.</summary>
    public static void Line(
        HtmlText html, string title, IReadOnlyList<ChartPoint> points, Func<double, string> show)
    {
        if (points.Count == 0)
            return;
        var span = new Span(points.Min(static point => point.Time), points.Max(static point => point.Time));
        var shown = points.GroupBy(point => span.Column(point.Time)).OrderBy(static group => group.Key)
            .Select(static group => group.MaxBy(static point => point.Value)).ToList();
        var most = Math.Max(shown.Max(static point => point.Value), double.Epsilon);
        Begin(html, title, span, show(most));
        html.Raw($"<polyline points=\"");
        foreach (var point in shown)
            html.Raw($"{X(span, point):0.#},{Y(point, most):0.#} ");
        html.Raw($"\"/>");
        foreach (var point in shown)
        {
            html.Raw($"<circle r=\"2\" cx=\"{X(span, point):0.#}\" cy=\"{Y(point, most):0.#}\"><title>")
                .Raw($"{Readable.Time(point.Time)}: {HtmlText.Encode(show(point.Value))}</title></circle>");
        }
        html.Raw($"</svg></figure>\n");
    }

    private static void Begin(HtmlText html, string title, Span span, string most) =>
        html.Raw($"<figure><svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{HtmlText.Encode(title)}\">")
            .Raw($"<text x=\"{Left}\" y=\"12\" class=\"title\">{HtmlText.Encode(title)}</text>")
            .Raw($"<text x=\"{Width - Right}\" y=\"12\" class=\"end\">at most {HtmlText.Encode(most)}</text>")
            .Raw($"<text x=\"{Left}\" y=\"{Height - 4}\">{span.First:yyyy-MM-dd}</text>")
            .Raw($"<text x=\"{Width - Right}\" y=\"{Height - 4}\" class=\"end\">{span.Last:yyyy-MM-dd}</text>")
            .Raw($"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Height - Bottom}\" y2=\"{Height - Bottom}\"/>");

    private static int[] Counts(IReadOnlyList<DateTimeOffset> times, Span span)
    {
        var counts = new int[Columns];
        foreach (var time in times)
            counts[span.Column(time)]++;
        return counts;
    }

    private static double X(Span span, ChartPoint point) => Left + (span.Fraction(point.Time) * (Width - Left - Right));

    private static double Y(ChartPoint point, double most) =>
        Height - Bottom - (point.Value / most * (Height - Top - Bottom));

    private sealed record Span(DateTimeOffset First, DateTimeOffset Last)
    {
        private double Ticks => Math.Max(1, (Last - First).Ticks);

        public double Fraction(DateTimeOffset time) => (time - First).Ticks / Ticks;

        public int Column(DateTimeOffset time) => Math.Min(Columns - 1, (int)(Fraction(time) * Columns));

        public string Name(int column) => (First + ((Last - First) * ((double)column / Columns)))
            .UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }
}
