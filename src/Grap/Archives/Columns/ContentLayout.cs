namespace Grap.Archives.Columns;

/// <summary>Where values are in a block's content. Its columns tell that anyway, and whoever hashes values need not look
/// for them again. Keeps its memory between blocks.</summary>
internal sealed class ContentLayout
{
    private ushort[] _shapeOfElement = new ushort[1024];
    private int[] _valueEnds = new int[4096];
    private int _elements;
    private int _values;

    /// <summary>The shapes of the elements; none where the content has no columns.</summary>
    public List<ShapeLayout> Shapes { get; } = [];

    /// <summary>Which of <see cref="Shapes"/> each element has.</summary>
    public ReadOnlySpan<ushort> ShapeOfElement => _shapeOfElement.AsSpan(0, _elements);

    /// <summary>Where in the content the value of each property ends.</summary>
    public ReadOnlySpan<int> ValueEnds => _valueEnds.AsSpan(0, _values);

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        Shapes.Clear();
        (_elements, _values) = (0, 0);
    }

    /// <summary>Adds an element, whose values follow.</summary>
    public void AddElement(int shape)
    {
        if (_elements == _shapeOfElement.Length)
            Array.Resize(ref _shapeOfElement, 2 * _elements);
        _shapeOfElement[_elements++] = (ushort)shape;
    }

    /// <summary>Adds a value.</summary>
    public void AddValue(int end)
    {
        if (_values == _valueEnds.Length)
            Array.Resize(ref _valueEnds, 2 * _values);
        _valueEnds[_values++] = end;
    }
}

/// <summary>What elements of one shape have in common: behind their ids, steps of these lengths, with a value behind each
/// or, if there is only one, none.</summary>
internal readonly record struct ShapeLayout(int[] StepLengths, int Values);
