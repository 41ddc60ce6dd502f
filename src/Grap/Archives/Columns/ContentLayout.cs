namespace Grap.Archives.Columns;

/// <summary>Where elements and values are in a block's content. Its columns tell that anyway, and whoever hashes values or
/// compares elements need not look for them again. Keeps its memory between blocks.</summary>
internal sealed class ContentLayout
{
    private ushort[] _shapeOfElement = new ushort[1024];
    private int[] _elementEnds = new int[1024];
    private int[] _valueEnds = new int[4096];
    private int _elements;
    private int _values;

    /// <summary>Bytes of memory that it keeps.</summary>
    public int Capacity => (sizeof(ushort) * _shapeOfElement.Length)
        + (sizeof(int) * (_elementEnds.Length + _valueEnds.Length));

    /// <summary>The shapes of the elements; none where the content has no columns.</summary>
    public List<ShapeLayout> Shapes { get; } = [];

    /// <summary>Which of <see cref="Shapes"/> each element has.</summary>
    public ReadOnlySpan<ushort> ShapeOfElement => _shapeOfElement.AsSpan(0, _elements);

    /// <summary>Where in the content each element ends.</summary>
    public ReadOnlySpan<int> ElementEnds => _elementEnds.AsSpan(0, _elements);

    /// <summary>Where in the content the value of each property ends.</summary>
    public ReadOnlySpan<int> ValueEnds => _valueEnds.AsSpan(0, _values);

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        Shapes.Clear();
        (_elements, _values) = (0, 0);
    }

    /// <summary>Begins anew, and gives room to whoever knows where everything is.</summary>
    /// <param name="shapes">See <see cref="Shapes"/>.</param>
    /// <param name="elements">How many there are.</param>
    /// <param name="mostValues">How many there are at most.</param>
    /// <param name="shapeOfElement">To be filled.</param>
    /// <param name="elementEnds">To be filled.</param>
    /// <param name="valueEnds">To be filled from the beginning.</param>
    public void Begin(
        IEnumerable<ShapeLayout> shapes, int elements, int mostValues, out Span<ushort> shapeOfElement,
        out Span<int> elementEnds, out Span<int> valueEnds)
    {
        Clear();
        Shapes.AddRange(shapes);
        if (_shapeOfElement.Length < elements)
        {
            _shapeOfElement = new ushort[elements];
            _elementEnds = new int[elements];
        }
        if (_valueEnds.Length < mostValues)
            _valueEnds = new int[mostValues];
        _elements = elements;
        shapeOfElement = _shapeOfElement.AsSpan(0, elements);
        elementEnds = _elementEnds.AsSpan(0, elements);
        valueEnds = _valueEnds.AsSpan(0, mostValues);
    }

    /// <summary>Says how many values there were.</summary>
    public void End(int values) => _values = values;
}

/// <summary>What elements of one shape have in common: behind their ids, steps of these lengths, with a value behind each
/// or, if there is only one, none.</summary>
internal readonly record struct ShapeLayout(int[] StepLengths, int Values);
