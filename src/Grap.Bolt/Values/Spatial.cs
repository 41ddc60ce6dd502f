using System.Globalization;
using System.Runtime.InteropServices;

namespace Grap.Bolt.Values;

/// <summary>A point in a plane or on the Earth.</summary>
/// <param name="Srid">The coordinate system: 7203 cartesian, 4326 WGS 84 (then X is longitude and Y latitude).</param>
/// <param name="X">First coordinate.</param>
/// <param name="Y">Second coordinate.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Point2D(int Srid, double X, double Y)
{
    /// <summary><c>point({x: 1.5, y: 2.0, crs: 'cartesian'})</c>, which Cypher reads.</summary>
    public override string ToString() => $"point({{x: {Cypher.Float(X)}, y: {Cypher.Float(Y)}, {Cypher.Crs(Srid)}}})";
}

/// <summary>A point in space, or on the Earth with a height.</summary>
/// <param name="Srid">The coordinate system: 9157 cartesian, 4979 WGS 84 (longitude, latitude, height in
/// metres).</param>
/// <param name="X">First coordinate.</param>
/// <param name="Y">Second coordinate.</param>
/// <param name="Z">Third coordinate.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Point3D(int Srid, double X, double Y, double Z)
{
    /// <summary><c>point({x: 1.5, y: 2.0, z: 3.0, crs: 'cartesian-3d'})</c>, which Cypher reads.</summary>
    public override string ToString() =>
        $"point({{x: {Cypher.Float(X)}, y: {Cypher.Float(Y)}, z: {Cypher.Float(Z)}, {Cypher.Crs(Srid)}}})";
}

/// <summary>How Cypher writes things.</summary>
internal static class Cypher
{
    /// <summary>A float as Neo4j prints it: <c>1.0</c>, <c>0.001</c>, and from 10,000,000 on and below 0.001
    /// <c>1.5E7</c>.</summary>
    public static string Float(double value)
    {
        if (!double.IsFinite(value))
            return double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
        var plain = value == 0 || Math.Abs(value) is >= 1e-3 and < 1e7;
        return WithPoint(plain ? value.ToString("R", CultureInfo.InvariantCulture) : Scientific(value));
    }

    /// <summary>With the fewest digits that mean this number.</summary>
    private static string Scientific(double value)
    {
        for (var digits = 0; ; digits++)
        {
            var text = value.ToString($"0.{new string('#', digits)}E0", CultureInfo.InvariantCulture);
            if (digits == 16 || double.Parse(text, CultureInfo.InvariantCulture) == value)
                return text;
        }
    }

    private static string WithPoint(string number)
    {
        if (number.Contains('.', StringComparison.Ordinal))
            return number;
        var e = number.IndexOf('E', StringComparison.Ordinal);
        return e < 0 ? number + ".0" : number.Insert(e, ".0");
    }

    /// <summary>The name of a coordinate system, where it is one of Neo4j's four.</summary>
    public static string Crs(int srid) => srid switch
    {
        7203 => "crs: 'cartesian'",
        9157 => "crs: 'cartesian-3d'",
        4326 => "crs: 'wgs-84'",
        4979 => "crs: 'wgs-84-3d'",
        _ => string.Create(CultureInfo.InvariantCulture, $"srid: {srid}"),
    };
}
