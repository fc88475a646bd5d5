// Agents by others, built in by `npm run cloud:agents -- FOLDER…`.
export default [];
