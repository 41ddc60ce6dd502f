using System.Globalization;

namespace Grap.Verification;

/// <summary>The first problems of one kind, and how many more there are: a damaged graph may have millions. Safe from
/// any thread.</summary>
/// <param name="rest">What the others have in common, as the end of a sentence that begins with their number:
/// <c>counts differ</c>.</param>
internal sealed class FirstProblems(string rest)
{
    /// <summary>How many are told each by itself.</summary>
    public const int Most = 20;

    private readonly List<string> _first = [];
    private long _more;

    /// <summary>Adds one.</summary>
    public void Add(string problem)
    {
        lock (_first)
        {
            if (_first.Count < Most)
                _first.Add(problem);
            else
                _more++;
        }
    }

    /// <summary>What there is, each as a sentence; the last one counts those that are not told.</summary>
    public IReadOnlyList<string> ToList()
    {
        lock (_first)
        {
            return _more == 0
                ? [.. _first]
                : [.. _first, string.Create(CultureInfo.InvariantCulture, $"{_more} more {rest}.")];
        }
    }
}
