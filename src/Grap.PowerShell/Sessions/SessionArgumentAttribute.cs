using System.Globalization;
using System.Management.Automation;
using Grap.Servers;

namespace Grap.PowerShell.Sessions;

/// <summary>Lets a parameter take a session, or the number of one that is open.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SessionArgumentAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        inputData is PSObject { BaseObject: object[] many } ? Array.ConvertAll(many, One)
        : inputData is object[] plain ? Array.ConvertAll(plain, One)
        : One(inputData);

    private static object One(object input)
    {
        var value = input is PSObject wrapped ? wrapped.BaseObject : input;
        if (value is Session)
            return value;
        var number = value switch
        {
            int given => given,
            string text when int.TryParse(
                text, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) => parsed,
            _ => -1,
        };
        // What is neither stays as it is: the binder says which type it wants.
        return number >= 0 && OpenSessions.OfProcess.Find(number) is { } session ? session : input;
    }
}
