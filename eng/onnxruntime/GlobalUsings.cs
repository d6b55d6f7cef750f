// The Unity copy of NativeMethods.shared.cs lacks this one line of the official file.
global using System.Reflection;
