namespace Grap.Bolt;

/// <summary>Whether a query only reads. Decides the cluster member under routing, and the server enforces it.</summary>
public enum BoltAccessMode
{
    /// <summary>May change the database.</summary>
    Write,

    /// <summary>Only reads; a write fails with a client error.</summary>
    Read,
}
